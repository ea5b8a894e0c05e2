@echo off
node "%~dp0scripts\boot.mjs" %*
exit /b %errorlevel%
