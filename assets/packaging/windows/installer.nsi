; Installs the program for the person who runs this, without administrator's rights.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetDateSave off
!include "MUI2.nsh"

Name "Open Interest Tracker"
OutFile "{out}"
InstallDir "$LOCALAPPDATA\Programs\Open Interest Tracker"
InstallDirRegKey HKCU "Software\OpenInterestTracker" "InstallDir"
RequestExecutionLevel user
VIProductVersion "{version}.0"
VIAddVersionKey "ProductName" "Open Interest Tracker"
VIAddVersionKey "FileDescription" "Installs Open Interest Tracker"
VIAddVersionKey "FileVersion" "{version}"
VIAddVersionKey "LegalCopyright" "MIT License"

!define MUI_ICON "{icon}"
!define MUI_UNICON "{icon}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\openinterest.exe"
!insertmacro MUI_PAGE_LICENSE "{license}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\OpenInterestTracker"

Section
  SetOutPath "$INSTDIR"
  File "{exe}"
  File "/oname=LICENSE.txt" "{license}"
  File "/oname=third-party-licences.txt" "{licences}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Open Interest Tracker.lnk" "$INSTDIR\openinterest.exe"
  WriteRegStr HKCU "Software\OpenInterestTracker" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Open Interest Tracker"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "{version}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\openinterest.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Open Interest Tracker authors"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; Settings and history stay: they lie in a folder of their own, which the program's About names.
Section "Uninstall"
  Delete "$SMPROGRAMS\Open Interest Tracker.lnk"
  Delete /REBOOTOK "$INSTDIR\openinterest.exe" ; Windows keeps it while it runs
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\third-party-licences.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /REBOOTOK "$INSTDIR"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "io.github.openinterest.tracker"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\OpenInterestTracker"
SectionEnd
