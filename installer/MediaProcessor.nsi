; The installer for Windows, built on Linux or Windows by scripts/installer.py, which gives the defines:
;   VERSION FOLDER (the built folder) FILES (its files, one a line) LISTS (videos.nsh and side.bmp) OUT ICON
;
;   MediaProcessor-…-setup.exe /S                  without a window: into the user's own programs, or over a
;                                                  former version, whose queue goes on afterwards
;     /EXPLORER=no /DESKTOP=yes /AUTOSTART=yes     what is chosen on a page otherwise
;     /AFTERCURRENT                                lets films being processed come to their end first
;     /OLDER                                       also over a newer version
;     /D=C:\folder                                 where to (last, without quotes)
;   uninstall.exe /S /DELETEDATA /DELETEORIGINALS  both are kept otherwise
;   Exit codes: 0 done, 1 cancelled, 2 failed, 3 the program did not end, 4 a newer version is there
;
; A new version is unpacked beside the former one and takes its place by renames, so that whatever ends the installer
; leaves one of them whole. What is removed is what stands in the list of files: nothing else in the folder.
Unicode true
Target amd64-unicode
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
!ifdef QUICK ; for tests
  SetCompress off
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!include MUI2.nsh
!include nsDialogs.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WordFunc.nsh
!include TextFunc.nsh
!include StrFunc.nsh
!include WinMessages.nsh
${Using:StrFunc} StrStr
${Using:StrFunc} UnStrStr

!define NAME "MediaProcessor"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run" ; app/autostart.py writes it
!define TYPES_KEY "Software\Classes\SystemFileAssociations"
!define FOLDER_KEY "Software\Classes\Directory\shell\${NAME}"
!define MANIFEST "installed-files.txt"
!define DATA "$APPDATA\${NAME}" ; app/data_folder.py
!define WAIT 120 ; seconds that the running program has to end

Name "${NAME}"
BrandingText "${NAME} ${VERSION}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} setup"
VIAddVersionKey "CompanyName" "MediaProcessor contributors"
VIAddVersionKey "LegalCopyright" "MIT licence"

Var former       ; the version that is installed; "" for none
Var startAgain   ; how what was ended goes on: "window", "--headless", "--headless --watch"; "" for not at all
Var afterCurrent ; 1: films being processed come to their end first
Var autostart    ; 1: the window opens at login
Var aside        ; where the former version is until the new one is in its place
Var inUse        ; 1: what was looked at is in use
Var waits        ; 1: the page waits for the program's end; 2: it has come
Var choiceNow
Var choiceLater
Var waitText
Var deleteData
Var deleteOriginals
Var dataBox
Var originalsBox
Var originals    ; how many originals are kept, and their size; "" for none

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${LISTS}/side.bmp"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_SMALLDESC

!define MUI_PAGE_HEADER_TEXT "$(ChoicesTitle)"
!define MUI_PAGE_HEADER_SUBTEXT "$(ChoicesHint)"
!define MUI_PAGE_CUSTOMFUNCTION_SHOW NameButtonOfChoices
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_PRE OnlyFirstTime
!define MUI_PAGE_CUSTOMFUNCTION_SHOW NameButton
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE KeepToOwnFolder
!insertmacro MUI_PAGE_DIRECTORY
Page custom ShowRunning LeaveRunning
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "$(RunText)"
!define MUI_FINISHPAGE_RUN_FUNCTION OpenWindow
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!define MUI_PAGE_CUSTOMFUNCTION_SHOW ShowFinish
!insertmacro MUI_PAGE_FINISH

UninstPage custom un.ShowKeep un.LeaveKeep
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Dutch"
!insertmacro MUI_LANGUAGE "Turkish"
!include texts.nsh


; ── what installer and uninstaller share

; A file that a program has open, or runs from, cannot be opened for writing.
!macro InUse FILE
  StrCpy $inUse 0
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $0 "${FILE}" a
    ${If} ${Errors}
      StrCpy $inUse 1
    ${Else}
      FileClose $0
    ${EndIf}
  ${EndIf}
!macroend
!define AtWork `!insertmacro InUse "${DATA}\instance.lock"`

!macro Shared un FIND
; Removes what stands in the list of files in the folder $R0, and its folders where they are empty then.
Function ${un}RemoveListed
  ClearErrors
  FileOpen $1 "$R0\${MANIFEST}" r
  ${Unless} ${Errors}
    ${Do}
      ClearErrors
      FileRead $1 $2
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      ${TrimNewLines} "$2" $2
      StrCpy $3 $2 1 -1
      ${If} $3 == "\"
        RMDir "$R0\$2"
      ${ElseIf} $2 != ""
        Delete "$R0\$2"
      ${EndIf}
    ${Loop}
    FileClose $1
    Delete "$R0\${MANIFEST}"
  ${EndUnless}
FunctionEnd

; Ends the program that works with the data folder, by the command of $R1, within $R2 seconds; 0 in $R3 if it has ended.
Function ${un}EndProgram
  StrCpy $R3 0
  ${AtWork}
  ${If} $inUse = 1
    DetailPrint "$(EndingText)"
    nsExec::ExecToStack '"$INSTDIR\mediaprocessor-cli.exe" --json quit $R1 --wait $R2'
    Pop $R3
    Pop $1
    StrCpy $startAgain ""
    ${${FIND}} $2 $1 '"start_again": ""'
    ${If} $2 != ""
      StrCpy $startAgain "window"
    ${EndIf}
    ${${FIND}} $2 $1 '"start_again": "--headless"'
    ${If} $2 != ""
      StrCpy $startAgain "--headless"
    ${EndIf}
    ${${FIND}} $2 $1 '"start_again": "--headless --watch"'
    ${If} $2 != ""
      StrCpy $startAgain "--headless --watch"
    ${EndIf}
  ${EndIf}
FunctionEnd

; Waits until no file of the program is in use, up to a quarter of a minute; 1 in $inUse if one still is.
Function ${un}WaitForFiles
  StrCpy $1 0
  ${Do}
    !insertmacro InUse "$INSTDIR\mediaprocessor-cli.exe"
    ${If} $inUse = 0
      !insertmacro InUse "$INSTDIR\MediaProcessor.exe"
    ${EndIf}
    ${If} $inUse = 0
      ${ExitDo}
    ${EndIf}
    IntOp $1 $1 + 1
    ${If} $1 > 60
      ${ExitDo}
    ${EndIf}
    Sleep 250
  ${Loop}
FunctionEnd

; Takes the entry out of Explorer's menu of every type that has it.
Function ${un}RemoveFromExplorer
  StrCpy $0 0
  ${Do}
    EnumRegKey $1 HKCU "${TYPES_KEY}" $0
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    IntOp $0 $0 + 1
    DeleteRegKey HKCU "${TYPES_KEY}\$1\shell\${NAME}"
    DeleteRegKey /ifempty HKCU "${TYPES_KEY}\$1\shell"
    ClearErrors
    DeleteRegKey /ifempty HKCU "${TYPES_KEY}\$1"
    ${Unless} ${Errors}
      IntOp $0 $0 - 1 ; the next one has its number now
    ${EndUnless}
  ${Loop}
  DeleteRegKey HKCU "${FOLDER_KEY}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
FunctionEnd

; Whether the window opens at login from this folder: 1 in $autostart.
Function ${un}LookAtAutostart
  StrCpy $autostart 0
  ReadRegStr $0 HKCU "${RUN_KEY}" "${NAME}"
  ${${FIND}} $1 "$0" "$INSTDIR\"
  ${If} $1 != ""
    StrCpy $autostart 1
  ${EndIf}
FunctionEnd
!macroend
!insertmacro Shared "" StrStr
!insertmacro Shared "un." UnStrStr

; ── installing

; Leaves with an exit code; $R4 is what is said.
!macro Fail CODE
  SetErrorLevel ${CODE}
  ${If} ${Silent}
    Quit
  ${EndIf}
  DetailPrint "$R4"
  Abort "$R4"
!macroend

Section "!${NAME}" SecProgram
  SectionIn RO
  StrCpy $R0 "$INSTDIR\new"
  Call RemoveListed ; of an installer that was ended
  SetOutPath "$INSTDIR\new"
  File /r "${FOLDER}\*.*"
  File "/oname=${MANIFEST}" "${FILES}"
  SetOutPath "$TEMP"
  ${If} $former != ""
    Call EndFormer
  ${EndIf}
  Call PutAside
  ClearErrors
  Rename "$INSTDIR\new\${MANIFEST}" "$INSTDIR\${MANIFEST}"
  Rename "$INSTDIR\new\_internal" "$INSTDIR\_internal"
  Rename "$INSTDIR\new\mediaprocessor-cli.exe" "$INSTDIR\mediaprocessor-cli.exe"
  Rename "$INSTDIR\new\MediaProcessor.exe" "$INSTDIR\MediaProcessor.exe"
  ${If} ${Errors}
    StrCpy $R4 "$(NotPlaced)"
    !insertmacro Fail 2
  ${EndIf}
  RMDir "$INSTDIR\new"
  ${Unless} ${FileExists} "$aside\${MANIFEST}"
    CopyFiles /SILENT "$INSTDIR\${MANIFEST}" "$aside"
  ${EndUnless}
  StrCpy $R0 "$aside"
  Call RemoveListed
  RMDir "$aside"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\MediaProcessor.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "MediaProcessor contributors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  SectionGetSize ${SecProgram} $0
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
SectionEnd

Section "$(StartMenuName)" SecStartMenu
SectionEnd
Section "$(ExplorerName)" SecExplorer
SectionEnd
Section /o "$(DesktopName)" SecDesktop
SectionEnd
Section /o "$(AutostartName)" SecAutostart
SectionEnd

!macro VideoType ENDING
  WriteRegStr HKCU "${TYPES_KEY}\${ENDING}\shell\${NAME}" "" "$(MenuText)"
  WriteRegStr HKCU "${TYPES_KEY}\${ENDING}\shell\${NAME}" "Icon" '"$INSTDIR\MediaProcessor.exe",0'
  WriteRegStr HKCU "${TYPES_KEY}\${ENDING}\shell\${NAME}" "MultiSelectModel" "Player" ; also more than 15 files
  WriteRegStr HKCU "${TYPES_KEY}\${ENDING}\shell\${NAME}\command" "" '"$INSTDIR\MediaProcessor.exe" open "%1"'
!macroend

Section -Chosen
  SetOutPath "$PROFILE" ; where the shortcuts start the program; its own folder would be in use then
  ${If} ${SectionIsSelected} ${SecStartMenu}
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\MediaProcessor.exe"
  ${Else}
    Delete "$SMPROGRAMS\${NAME}.lnk"
  ${EndIf}
  ${If} ${SectionIsSelected} ${SecDesktop}
    CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\MediaProcessor.exe"
  ${Else}
    Delete "$DESKTOP\${NAME}.lnk"
  ${EndIf}
  Call RemoveFromExplorer
  ${If} ${SectionIsSelected} ${SecExplorer}
    !include "${LISTS}/videos.nsh"
    WriteRegStr HKCU "${FOLDER_KEY}" "" "$(MenuText)"
    WriteRegStr HKCU "${FOLDER_KEY}" "Icon" '"$INSTDIR\MediaProcessor.exe",0'
    WriteRegStr HKCU "${FOLDER_KEY}\command" "" '"$INSTDIR\MediaProcessor.exe" open "%1"'
    System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${EndIf}
  Call SetAutostart
  Call GoOn
SectionEnd

LangString ProgramHint ${LANG_ENGLISH} "${NAME} ${VERSION}"
LangString ProgramHint ${LANG_DUTCH} "${NAME} ${VERSION}"
LangString ProgramHint ${LANG_TURKISH} "${NAME} ${VERSION}"
!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SecProgram} "$(ProgramHint)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecStartMenu} "$(StartMenuHint)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecExplorer} "$(ExplorerHint)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecDesktop} "$(DesktopHint)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecAutostart} "$(AutostartHint)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  SetShellVarContext current
  StrCpy $startAgain ""
  StrCpy $afterCurrent 0
  StrCpy $waits 0
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\${MANIFEST}"
    StrCpy $INSTDIR $0 ; what is installed is upgraded where it is
  ${EndIf}
  StrCpy $former ""
  ${If} ${FileExists} "$INSTDIR\${MANIFEST}"
    ReadRegStr $former HKCU "${UNINSTALL_KEY}" "DisplayVersion"
    ${If} $former == ""
      StrCpy $former "0"
    ${EndIf}
  ${EndIf}
  ${GetParameters} $R9
  ${VersionCompare} "$former" "${VERSION}" $0
  ${If} $former != ""
  ${AndIf} $0 = 1
    ClearErrors
    ${GetOptions} $R9 "/OLDER" $1
    ${If} ${Errors}
      ${If} ${Silent}
        SetErrorLevel 4
        Quit
      ${EndIf}
      ${IfNot} ${Cmd} `MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(NewerThere)" IDYES`
        Quit
      ${EndIf}
    ${EndIf}
  ${EndIf}
  Call Preselect
FunctionEnd

; Chooses what is there already, at the first time what is usual, and what the command line says.
!macro Choose SECTION WANTED WORD
  StrCpy $1 ${WANTED}
  ClearErrors
  ${GetOptions} $R9 "/${WORD}=" $2
  ${Unless} ${Errors}
    StrCpy $1 0
    ${If} $2 == "yes"
      StrCpy $1 1
    ${EndIf}
  ${EndUnless}
  ${If} $1 = 1
    !insertmacro SelectSection ${SECTION}
  ${Else}
    !insertmacro UnselectSection ${SECTION}
  ${EndIf}
!macroend

Function Preselect
  StrCpy $3 1 ; Start menu
  StrCpy $4 1 ; Explorer
  StrCpy $5 0 ; desktop
  Call LookAtAutostart
  ${If} $former != ""
    ${Unless} ${FileExists} "$SMPROGRAMS\${NAME}.lnk"
      StrCpy $3 0
    ${EndUnless}
    ReadRegStr $0 HKCU "${FOLDER_KEY}\command" ""
    ${If} $0 == ""
      StrCpy $4 0
    ${EndIf}
    ${If} ${FileExists} "$DESKTOP\${NAME}.lnk"
      StrCpy $5 1
    ${EndIf}
  ${EndIf}
  !insertmacro Choose ${SecStartMenu} $3 STARTMENU
  !insertmacro Choose ${SecExplorer} $4 EXPLORER
  !insertmacro Choose ${SecDesktop} $5 DESKTOP
  !insertmacro Choose ${SecAutostart} $autostart AUTOSTART
FunctionEnd

; The page after which the files are written says so; NSIS counts pages that are left out.
Function NameButton
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(^InstallBtn)"
FunctionEnd

Function NameButtonOfChoices
  ${AtWork}
  ${If} $former != ""
  ${AndIf} $inUse = 0
    Call NameButton
  ${EndIf}
FunctionEnd

Function OnlyFirstTime
  ${If} $former != ""
    Abort
  ${EndIf}
FunctionEnd

; A folder that holds something else gets one of ours in it.
Function KeepToOwnFolder
  ${Unless} ${FileExists} "$INSTDIR\${MANIFEST}"
  ${AndUnless} ${FileExists} "$INSTDIR\former\${MANIFEST}" ; an upgrade was ended in between
    ${DirState} "$INSTDIR" $0
    ${If} $0 = 1
      StrCpy $INSTDIR "$INSTDIR\${NAME}"
    ${EndIf}
  ${EndUnless}
FunctionEnd

Function ShowRunning
  ${AtWork}
  ${If} $former == ""
  ${OrIf} $inUse = 0
    Abort
  ${EndIf}
  StrCpy $waits 0
  !insertmacro MUI_HEADER_TEXT "$(RunningTitle)" "$(RunningHint)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 24u "$(RunningText)"
  Pop $0
  ${NSD_CreateRadioButton} 0 32u 100% 12u "$(RunningNow)"
  Pop $choiceNow
  ${NSD_CreateLabel} 12u 45u 95% 18u "$(RunningNowHint)"
  Pop $0
  ${NSD_CreateRadioButton} 0 68u 100% 12u "$(RunningLater)"
  Pop $choiceLater
  ${NSD_CreateLabel} 12u 81u 95% 18u "$(RunningLaterHint)"
  Pop $0
  ${NSD_CreateLabel} 0 108u 100% 24u ""
  Pop $waitText
  ${If} $afterCurrent = 1
    ${NSD_Check} $choiceLater
  ${Else}
    ${NSD_Check} $choiceNow
  ${EndIf}
  nsDialogs::Show
  ${NSD_KillTimer} LookForEnd
FunctionEnd

Function LeaveRunning
  ${NSD_GetState} $choiceLater $afterCurrent
  ${If} $afterCurrent = 0
  ${OrIf} $waits = 2
    Return
  ${EndIf}
  ${If} $waits = 0
    StrCpy $R1 "--after-current"
    StrCpy $R2 0
    Call EndProgram
    StrCpy $waits 1
    EnableWindow $choiceNow 0
    EnableWindow $choiceLater 0
    GetDlgItem $0 $HWNDPARENT 1
    EnableWindow $0 0
    GetDlgItem $0 $HWNDPARENT 3
    EnableWindow $0 0
    ${NSD_SetText} $waitText "$(WaitText)"
    ${NSD_CreateTimer} LookForEnd 1000
  ${EndIf}
  Abort
FunctionEnd

Function LookForEnd
  ${AtWork}
  ${If} $inUse = 0
  ${AndIf} $waits = 1
    StrCpy $waits 2
    ${NSD_KillTimer} LookForEnd
    GetDlgItem $0 $HWNDPARENT 1
    EnableWindow $0 1
    SendMessage $HWNDPARENT ${WM_COMMAND} 1 0
  ${EndIf}
FunctionEnd

; Ends the running program, and sees that no file of the former version is in use.
Function EndFormer
  StrCpy $R1 ""
  StrCpy $R2 ${WAIT}
  ClearErrors
  ${GetOptions} $R9 "/AFTERCURRENT" $0
  ${Unless} ${Errors}
    StrCpy $R1 "--after-current"
    StrCpy $R2 604800 ; a week
  ${EndUnless}
  ${Do}
    Call EndProgram
    Call WaitForFiles
    ${If} $inUse = 0
      ${AtWork}
    ${EndIf}
    ${If} $inUse = 0
      Return
    ${EndIf}
    ${If} ${Silent}
    ${OrIfNot} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRunning)" IDRETRY`
      Call RemoveNew
      StrCpy $R4 "$(StillRunning)"
      !insertmacro Fail 3
    ${EndIf}
  ${Loop}
FunctionEnd

; Moves what is there of a former version into the folder $aside, all of it or nothing. After an installer that was
; ended in between, some of it is there already.
!macro MoveAside PIECE
  ${If} ${FileExists} "$INSTDIR\${PIECE}"
    Rename "$INSTDIR\${PIECE}" "$aside\${PIECE}"
  ${EndIf}
!macroend
!macro MoveBack PIECE
  ${Unless} ${FileExists} "$INSTDIR\${PIECE}"
    Rename "$aside\${PIECE}" "$INSTDIR\${PIECE}"
  ${EndUnless}
!macroend

Function PutAside
  StrCpy $aside "$INSTDIR\former"
  StrCpy $R0 "$aside"
  Call RemoveListed
  RMDir "$aside"
  ${DoWhile} ${FileExists} "$aside\_internal"
    ${IfNot} ${FileExists} "$INSTDIR\_internal"
      ${ExitDo}
    ${EndIf}
    StrCpy $aside "$aside-" ; somebody put something into it
  ${Loop}
  CreateDirectory "$aside"
  ClearErrors
  !insertmacro MoveAside "_internal"
  ${Unless} ${Errors}
    !insertmacro MoveAside "MediaProcessor.exe"
    !insertmacro MoveAside "mediaprocessor-cli.exe"
    !insertmacro MoveAside "${MANIFEST}" ; last: it says that the program is installed
  ${EndUnless}
  ${If} ${Errors}
    !insertmacro MoveBack "_internal"
    !insertmacro MoveBack "MediaProcessor.exe"
    !insertmacro MoveBack "mediaprocessor-cli.exe"
    !insertmacro MoveBack "${MANIFEST}"
    Call RemoveNew
    StrCpy $R4 "$(StillRunning)"
    !insertmacro Fail 3
  ${EndIf}
FunctionEnd

Function RemoveNew
  StrCpy $R0 "$INSTDIR\new"
  Call RemoveListed
  RMDir "$INSTDIR\new"
FunctionEnd

; The setting and the system's list say the same, and the list names this copy.
Function SetAutostart
  Call LookAtAutostart
  StrCpy $3 0
  ${If} ${SectionIsSelected} ${SecAutostart}
    StrCpy $3 1
  ${EndIf}
  ${If} $3 != $autostart
    nsExec::Exec '"$INSTDIR\MediaProcessor.exe" settings set window.start_with_system no'
    Pop $0
    ${If} $3 = 1 ; off first: it may be on for another copy
      nsExec::Exec '"$INSTDIR\MediaProcessor.exe" settings set window.start_with_system yes'
      Pop $0
    ${EndIf}
  ${EndIf}
FunctionEnd

; Starts what was ended. A window is opened by the last page, if it is wished for; without pages small.
Function GoOn
  ${If} $startAgain == "window"
    ${If} ${Silent}
      Exec '"$INSTDIR\MediaProcessor.exe" --minimized'
    ${EndIf}
  ${ElseIf} $startAgain != ""
    Exec '"$INSTDIR\MediaProcessor.exe" $startAgain'
  ${EndIf}
FunctionEnd

Function ShowFinish
  ${If} $startAgain != ""
  ${AndIf} $startAgain != "window"
    SendMessage $mui.FinishPage.Run ${BM_SETCHECK} 0 0 ; it is at work already
    ShowWindow $mui.FinishPage.Run 0
  ${EndIf}
FunctionEnd

Function OpenWindow
  SetOutPath "$PROFILE"
  Exec '"$INSTDIR\MediaProcessor.exe"'
FunctionEnd

; ── removing

Function un.onInit
  SetShellVarContext current
  StrCpy $deleteData 0
  StrCpy $deleteOriginals 0
  StrCpy $originals ""
  ${GetParameters} $R9
  ClearErrors
  ${GetOptions} $R9 "/DELETEDATA" $0
  ${Unless} ${Errors}
    StrCpy $deleteData 1
  ${EndUnless}
  ClearErrors
  ${GetOptions} $R9 "/DELETEORIGINALS" $0
  ${Unless} ${Errors}
    StrCpy $deleteOriginals 1
  ${EndUnless}
FunctionEnd

; Writes the list of originals into the file $R0; $originals is its first line, "" where none is kept.
Function un.ListOriginals
  StrCpy $originals ""
  ${If} ${FileExists} "${DATA}\mediaprocessor.db"
    nsExec::Exec '"$INSTDIR\mediaprocessor-cli.exe" originals list --to "$R0"'
    Pop $0
    ClearErrors
    FileOpen $1 "$R0" r
    ${Unless} ${Errors}
      FileRead $1 $2
      FileClose $1
      ${TrimNewLines} "$2" $2
      StrCpy $3 $2 2
      ${If} $3 != "0 "
        StrCpy $originals $2
      ${EndIf}
    ${EndUnless}
  ${EndIf}
FunctionEnd

Function un.ShowKeep
  InitPluginsDir
  StrCpy $R0 "$PLUGINSDIR\originals.txt"
  Call un.ListOriginals
  !insertmacro MUI_HEADER_TEXT "$(KeepTitle)" "$(KeepHint)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 20u "$(KeepText)"
  Pop $0
  ${NSD_CreateCheckBox} 0 26u 100% 12u "$(DeleteData)"
  Pop $dataBox
  ${NSD_CreateLabel} 12u 39u 95% 10u "${DATA}"
  Pop $0
  ${If} $originals == ""
    ${NSD_CreateLabel} 0 60u 100% 20u "$(NoOriginals)"
    Pop $0
    StrCpy $originalsBox 0
  ${Else}
    ${NSD_CreateLabel} 0 60u 100% 20u "$(OriginalsText)"
    Pop $0
    ${NSD_CreateButton} 0 80u 140u 14u "$(ShowOriginals)"
    Pop $0
    ${NSD_OnClick} $0 un.OpenList
    ${NSD_CreateCheckBox} 0 98u 100% 12u "$(DeleteOriginals)"
    Pop $originalsBox
    ${NSD_CreateLabel} 12u 111u 95% 20u "$(DeleteOriginalsHint)"
    Pop $0
  ${EndIf}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(UninstallButton)"
  nsDialogs::Show
FunctionEnd

Function un.OpenList
  Pop $0
  ExecShell "open" "$PLUGINSDIR\originals.txt"
FunctionEnd

Function un.LeaveKeep
  ${NSD_GetState} $dataBox $deleteData
  ${If} $originalsBox != 0
    ${NSD_GetState} $originalsBox $deleteOriginals
  ${EndIf}
FunctionEnd

Section "un.${NAME}"
  SetOutPath "$TEMP"
  StrCpy $R1 ""
  StrCpy $R2 ${WAIT}
  Call un.EndProgram
  Call un.WaitForFiles
  ${If} $inUse = 0
    ${AtWork}
  ${EndIf}
  ${If} $inUse = 1
    StrCpy $R4 "$(StillRunning)"
    !insertmacro Fail 3
  ${EndIf}
  ${If} $deleteOriginals = 1
    DetailPrint "$(DeletingOriginals)"
    nsExec::ExecToLog '"$INSTDIR\mediaprocessor-cli.exe" originals free --all'
    Pop $0
  ${EndIf}
  StrCpy $R0 "$DOCUMENTS\${NAME} originals.txt"
  Call un.ListOriginals
  ${If} $originals == ""
    Delete "$R0"
  ${EndIf}
  Call un.LookAtAutostart
  ${If} $autostart = 1
    nsExec::Exec '"$INSTDIR\MediaProcessor.exe" settings set window.start_with_system no'
    Pop $0
    DeleteRegValue HKCU "${RUN_KEY}" "${NAME}"
  ${EndIf}
  Call un.RemoveFromExplorer
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  StrCpy $R0 "$INSTDIR\new"
  Call un.RemoveListed
  RMDir "$INSTDIR\new"
  StrCpy $R0 "$INSTDIR\former"
  Call un.RemoveListed
  RMDir "$INSTDIR\former"
  StrCpy $R0 "$INSTDIR"
  Call un.RemoveListed
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  ${If} $deleteData = 1
    Call un.RemoveData
  ${Else}
    DetailPrint "$(DataStay)"
  ${EndIf}
  ${If} $originals != ""
    StrCpy $R0 "$DOCUMENTS\${NAME} originals.txt"
    DetailPrint "$(OriginalsStay)"
    ${Unless} ${Silent}
      MessageBox MB_OK|MB_ICONINFORMATION "$(OriginalsStay)"
    ${EndUnless}
  ${EndIf}
SectionEnd

; What the program itself puts into its data folder (app/privacy.py); whatever else lies there stays.
Function un.RemoveData
  Delete "${DATA}\mediaprocessor.db*"
  Delete "${DATA}\instance.*"
  Delete "${DATA}\running.json*"
  Delete "${DATA}\health.json*"
  Delete "${DATA}\secrets.json*"
  Delete "${DATA}\statistics*.html*"
  Delete "${DATA}\*.new"
  Delete "${DATA}\play\*.*" ; links to films: they alone
  RMDir "${DATA}\play"
  RMDir /r "${DATA}\logs"
  RMDir /r "${DATA}\stills"
  RMDir /r "${DATA}\slave"
  RMDir "${DATA}"
FunctionEnd
