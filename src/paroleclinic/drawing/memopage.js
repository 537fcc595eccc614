"use strict";
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const one = (id) => document.getElementById(id);
  const memo = about.memo && one(about.memo);
  const comment = about.memo && one(`${about.memo}-comment`);
  const extra = about.memo && one(`${about.memo}-extra`);
  const kept = {}; // field id -> what nbgrader keeps under it
  let open = 0; // saves on their way
  let failed = false;

  const ask = async (path, body, method) => {
    const token = (document.cookie.match(/(?:^|; )_xsrf=([^;]*)/) || [])[1] || "";
    const answer = await fetch(`${about.base}/api/${path}`, {
      method: method || (body ? "PUT" : "GET"),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.replace(/^"|"$/g, "") },
      body: body && JSON.stringify(body),
      keepalive: Boolean(body),
    });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  };
  const say = (id, text, bad) => {
    const place = document.querySelector(`[data-for="${CSS.escape(id)}"]`);
    place.textContent = text;
    place.classList.toggle("bad", Boolean(bad));
  };
  const save = async (id, path, body) => {
    open += 1;
    say(id, "Saving …");
    try {
      const now = await ask(path, body);
      failed = false;
      say(id, `Saved at ${new Date().toLocaleTimeString()}`);
      return now;
    } catch (error) {
      failed = true;
      say(id, `Not saved: ${error.message}. Change it again, or load the page anew.`, true);
      return null;
    } finally {
      open -= 1;
    }
  };

  const number = (field, most) => {
    if (field.validity.badInput) return NaN;
    if (field.value.trim() === "") return null;
    const value = Number(field.value);
    return value >= 0 && (most === undefined || value <= most) ? value : NaN;
  };
  const show = (grade) => {
    const field = one(grade.name);
    kept[grade.name] = grade;
    field.value = grade.manual_score ?? "";
    field.placeholder = grade.auto_score ?? "";
    field.max = grade.max_score;
    field.classList.toggle("waits", grade.needs_manual_grade);
    if (grade.name !== about.memo) return;
    extra.value = grade.extra_credit ?? "";
    const again = grade.needs_manual_grade && grade.manual_score !== null;
    one("keep").hidden = !again;
    one("keep").textContent = again ? `Handed in again: keep ${grade.manual_score}` : "";
  };
  const differs = () => {
    const found = memo && groups.length ? line.exec(comment.value) : null;
    const said = found ? found[1].split(", ").reduce((all, part) => all + Number(part.split("/")[0]), 0) : NaN;
    const typed = memo && memo.value.trim() !== "" ? Number(memo.value) : NaN;
    const text = Math.abs(said - typed) > 0.0005 ? `The comment still says ${plain(said)} by criterion: press “Use … points” again or change it.` : "";
    if (memo && one("differs").textContent !== text) one("differs").textContent = text;
  };
  const saveGrade = async (name, says) => {
    const grade = kept[name];
    if (!grade) return say(says || name, "Not saved: the points have not come from the server yet.", true);
    const score = number(one(name), grade.max_score);
    const more = name === about.memo ? number(extra) : grade.extra_credit;
    if (Number.isNaN(score)) return say(name, `Not saved: a number from 0 to ${grade.max_score}.`, true);
    if (Number.isNaN(more)) return say(`${name}-extra`, "Not saved: a number, 0 or more.", true);
    const now = await save(says || name, `grade/${grade.id}`, { manual_score: score, extra_credit: more });
    if (now) show(now);
    differs();
  };
  const saveComment = async () => {
    const id = comment.id;
    if (!kept[id]) return say(id, "Not saved: the comment has not come from the server yet.", true);
    await save(id, `comment/${kept[id].id}`, { manual_comment: comment.value });
    differs();
  };

  const groups = [...document.querySelectorAll(".pc-criterion")];
  const line = new RegExp(`${about.head} ([0-9./, ]+)\\.`);
  const picked = () => groups.map((group) => group.querySelector("input:checked")?.value);
  const plain = (value) => String(Math.round(value * 1000) / 1000);
  const total = () => {
    if (!groups.length) return;
    const given = picked();
    const left = given.filter((value) => value === undefined).length;
    const sum = plain(given.reduce((all, value) => all + Number(value || 0), 0));
    const most = groups.reduce((all, group) => all + Number(group.dataset.most), 0);
    one("picked").textContent = left ? `${sum} of ${most}; ${left} of ${groups.length} criteria to go` : `${sum} of ${most}`;
    one("use").disabled = left > 0;
    one("use").textContent = left ? "Use these points" : `Use ${sum} point${sum === "1" ? "" : "s"}`;
  };
  const use = async () => {
    const given = picked();
    memo.value = plain(given.reduce((all, value) => all + Number(value), 0));
    const each = given.map((value, at) => `${plain(Number(value))}/${groups[at].dataset.most}`).join(", ");
    const says = `${about.head} ${each}.`;
    comment.value = line.test(comment.value) ? comment.value.replace(line, () => says) : [comment.value.trimEnd(), says].filter(Boolean).join("\n\n");
    await Promise.all([saveGrade(about.memo), saveComment()]);
  };
  const restore = () => {
    const found = line.exec(comment.value);
    const parts = found ? found[1].split(", ").map((part) => part.split("/")) : [];
    if (parts.length !== groups.length || parts.some((part, at) => part[1] !== groups[at].dataset.most)) return;
    parts.forEach(([value], at) => {
      for (const input of groups[at].querySelectorAll("input")) input.checked = Number(input.value) === Number(value);
    });
    total();
  };

  const settled = async () => {
    document.activeElement?.blur();
    while (open) await new Promise((again) => setTimeout(again, 30));
  };
  const go = async (where) => {
    await settled();
    if (!failed) location.assign(document.querySelector(`[data-go=${where}]`).href);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && !event.altKey && (event.key === "." || event.key === ",")) {
      event.preventDefault();
      go(event.key === "." ? "next" : "prev");
    }
  });
  addEventListener("beforeunload", (event) => {
    if (open || failed) event.preventDefault();
  });

  for (const field of document.querySelectorAll("input.score")) field.addEventListener("change", () => saveGrade(field.id));
  extra?.addEventListener("change", () => saveGrade(about.memo, extra.id));
  comment?.addEventListener("change", saveComment);
  memo?.addEventListener("input", differs);
  comment?.addEventListener("input", differs);
  one("keep")?.addEventListener("click", () => saveGrade(about.memo));
  one("use")?.addEventListener("click", use);
  for (const group of groups) group.addEventListener("change", total);
  for (const button of document.querySelectorAll("[data-says]"))
    button.addEventListener("click", () => {
      comment.value = [comment.value.trimEnd(), button.dataset.says].filter(Boolean).join("\n\n");
      saveComment();
    });
  one("flag").addEventListener("click", async () => {
    try {
      const now = await ask(`submitted_notebook/${about.submission}/flag`, {}, "POST");
      one("flagged").textContent = now.flagged ? "Flagged. Press again to take it away." : "No flag.";
    } catch (error) {
      one("flagged").textContent = `Not done: ${error.message}.`;
    }
  });
  one("who").addEventListener("click", async () => {
    try {
      const [grade] = await ask(`grades?submission_id=${about.submission}&names=shown`);
      one("whose").textContent = grade.student;
    } catch (error) {
      one("whose").textContent = `Not shown: ${error.message}.`;
    }
  });

  (async () => {
    try {
      const [grades, comments] = await Promise.all(
        ["grades", "comments"].map((what) => ask(`${what}?submission_id=${about.submission}`)),
      );
      for (const grade of grades) if (one(grade.name)) show(grade);
      for (const found of comments)
        if (comment && `${found.name}-comment` === comment.id) {
          kept[comment.id] = found;
          comment.value = found.manual_comment ?? "";
        }
      if (groups.length) restore();
      differs();
      document.body.dataset.ready = "yes";
    } catch (error) {
      if (memo) say(memo.id, `The points could not be read: ${error.message}. Load the page anew.`, true);
    }
  })();
  total();
})();
