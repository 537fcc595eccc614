"""Can somebody who knows no law pass? Strategies that look only at the form of the answers take the whole bank and all cases.

    python benchmarks/test_wise_bots.py

Each line is one strategy: its mean score, that of random guessing, and the difference in percentage points.
"""

from __future__ import annotations

import json
from pathlib import Path

from paroleclinic.check.cues import everything_asked
from paroleclinic.course import Course
from paroleclinic.testwise import results


def main() -> None:
    """Print the table; the last line is JSON for machines."""
    questions = everything_asked(Course(Path(__file__).parent.parent))
    found = results(questions)
    print(f"{len(questions)} questions of the bank and the cases\n")
    print(f"{'strategy':<24}{'score':>8}{'chance':>8}{'above':>8}")
    for result in found:
        print(f"{result.strategy:<24}{result.scored:>8.1%}{result.chance:>8.1%}{result.above:>+8.1f}")
    print(json.dumps({"worst_bot": found[0].strategy, "points_above_chance": round(found[0].above, 2)}))


if __name__ == "__main__":
    main()
