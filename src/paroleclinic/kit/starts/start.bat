@echo off
rem Opens the course. The first time it installs it into the folder .venv beside this file.
setlocal EnableExtensions DisableDelayedExpansion
cd /d "%~dp0"
if not exist pyproject.toml goto notunpacked
if not exist course.yaml goto notunpacked

set "DONE="
if exist .venv\installed set /p DONE=<.venv\installed
if "%DONE%"=="%CD%" goto open

set "PY=py -3"
%PY% -c "import sys; sys.exit(min((3, 11), sys.version_info[:2]) != (3, 11))" >nul 2>nul
if not errorlevel 1 goto install
set "PY=python"
%PY% -c "import sys; sys.exit(min((3, 11), sys.version_info[:2]) != (3, 11))" >nul 2>nul
if not errorlevel 1 goto install
goto nopython

:install
echo Installing the course into this folder (once; a few minutes; the internet is needed) ...
if exist .venv\uv goto sync
%PY% -m venv .venv
if errorlevel 1 goto failed
.venv\Scripts\python.exe -m pip install --quiet --disable-pip-version-check uv=={uv}
if errorlevel 1 goto failed
type nul >.venv\uv

:sync
.venv\Scripts\python.exe -m uv sync --quiet --frozen --inexact --no-dev
if errorlevel 1 goto failed
cd >.venv\installed

:open
echo Opening the course. Leave this window open while you work; close it when you are done.
.venv\Scripts\python.exe -m paroleclinic.cli lab %*
if errorlevel 1 pause
exit /b

:notunpacked
echo The course is not beside this file.
echo Unpack the whole zip first: right-click it, choose "Extract All", then start again from the new folder.
pause
exit /b 1

:nopython
echo Python 3.11 or newer is needed and was not found.
echo Get it from https://www.python.org/downloads/ and tick "Add python.exe to PATH". Then start again.
pause
exit /b 1

:failed
echo The installation did not finish. Is the internet there? Then start again.
pause
exit /b 1
