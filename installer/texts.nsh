; What the installer says, in the languages of the window.

!macro Text NAME ENGLISH DUTCH TURKISH
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_DUTCH} "${DUTCH}"
  LangString ${NAME} ${LANG_TURKISH} "${TURKISH}"
!macroend
!define Text `!insertmacro Text`

${Text} ChoicesTitle "What to install" "Wat wordt geïnstalleerd" "Neler kurulsun"
${Text} ChoicesHint "For you alone; an administrator is not needed." "Alleen voor u; een beheerder is niet nodig." "Yalnızca sizin için; yönetici gerekmez."
${Text} StartMenuName "Start menu" "Startmenu" "Başlat menüsü"
${Text} StartMenuHint "Adds MediaProcessor to the Start menu." "Zet MediaProcessor in het Startmenu." "MediaProcessor'ı Başlat menüsüne ekler."
${Text} ExplorerName "Explorer's menu" "Menu van Verkenner" "Gezgin menüsü"
${Text} ExplorerHint "Adds “Process with MediaProcessor” to the menu of video files and folders. Windows 11 shows it under “Show more options”." "Zet ‘Verwerken met MediaProcessor’ in het menu van videobestanden en mappen. Windows 11 toont het onder ‘Meer opties weergeven’." "Video dosyalarının ve klasörlerin menüsüne “MediaProcessor ile işle” komutunu ekler. Windows 11 bunu “Daha fazla seçenek göster” altında gösterir."
${Text} DesktopName "Desktop shortcut" "Snelkoppeling op het bureaublad" "Masaüstü kısayolu"
${Text} DesktopHint "Puts a shortcut on the desktop." "Zet een snelkoppeling op het bureaublad." "Masaüstüne bir kısayol koyar."
${Text} AutostartName "Start with Windows" "Starten met Windows" "Windows ile başlat"
${Text} AutostartHint "Opens the window minimised when you sign in. The settings can change it later." "Opent het venster geminimaliseerd als u zich aanmeldt. In de instellingen is dit later te wijzigen." "Oturum açtığınızda pencereyi simge durumunda açar. Bunu sonra ayarlardan değiştirebilirsiniz."
${Text} MenuText "Process with MediaProcessor" "Verwerken met MediaProcessor" "MediaProcessor ile işle"
${Text} RunText "Open MediaProcessor" "MediaProcessor openen" "MediaProcessor'ı aç"

${Text} NewerThere "MediaProcessor $former is installed, which is newer than ${VERSION}. The older version may not be able to read the newer one's queue and settings.$\n$\nInstall ${VERSION} anyway?" "MediaProcessor $former is geïnstalleerd en is nieuwer dan ${VERSION}. De oudere versie kan de wachtrij en de instellingen van de nieuwere misschien niet lezen.$\n$\nToch ${VERSION} installeren?" "MediaProcessor $former kurulu ve ${VERSION} sürümünden yeni. Eski sürüm, yenisinin kuyruğunu ve ayarlarını okuyamayabilir.$\n$\nYine de ${VERSION} kurulsun mu?"

${Text} RunningTitle "MediaProcessor is running" "MediaProcessor is actief" "MediaProcessor çalışıyor"
${Text} RunningHint "It has to close before version ${VERSION} takes its place." "Het moet sluiten voordat versie ${VERSION} de plaats inneemt." "${VERSION} sürümü onun yerini almadan önce kapanması gerekir."
${Text} RunningText "The queue stays as it is and continues with the new version. What happens to films that are being processed now?" "De wachtrij blijft zoals ze is en gaat verder met de nieuwe versie. Wat gebeurt er met films die nu worden verwerkt?" "Kuyruk olduğu gibi kalır ve yeni sürümle devam eder. Şu anda işlenen filmler ne olsun?"
${Text} RunningNow "&Stop now and continue after the update" "&Nu stoppen en na de update verdergaan" "Şimdi &durdur ve güncellemeden sonra devam et"
${Text} RunningNowHint "They start over; films in chunks continue with the chunk that they were at. The originals are safe." "Ze beginnen opnieuw; films in delen gaan verder met het deel waar ze waren. De originelen zijn veilig." "Baştan başlarlar; parçalar hâlindeki filmler kaldıkları parçadan devam eder. Orijinaller güvendedir."
${Text} RunningLater "&Finish these films first, then update" "Deze films eerst &afmaken en dan bijwerken" "Önce bu filmleri &bitir, sonra güncelle"
${Text} RunningLaterHint "No other film begins meanwhile. This may take hours; you can cancel at any time." "Intussen begint geen andere film. Dit kan uren duren; u kunt altijd annuleren." "Bu arada başka film başlamaz. Bu saatler sürebilir; istediğiniz zaman iptal edebilirsiniz."
${Text} WaitText "Waiting for the films that are being processed. The update begins when MediaProcessor has closed." "Wachten op de films die worden verwerkt. De update begint zodra MediaProcessor is gesloten." "İşlenen filmler bekleniyor. Güncelleme, MediaProcessor kapanınca başlar."
${Text} EndingText "Closing MediaProcessor; its queue is kept…" "MediaProcessor wordt gesloten; de wachtrij blijft bewaard…" "MediaProcessor kapatılıyor; kuyruk korunuyor…"
${Text} StillRunning "MediaProcessor is still running and could not be closed. It may be waiting for an answer in its window, or work with another data folder. Close it, then try again." "MediaProcessor is nog actief en kon niet worden gesloten. Misschien wacht het in zijn venster op een antwoord, of werkt het met een andere gegevensmap. Sluit het en probeer het opnieuw." "MediaProcessor hâlâ çalışıyor ve kapatılamadı. Penceresinde bir yanıt bekliyor ya da başka bir veri klasörüyle çalışıyor olabilir. Kapatın ve yeniden deneyin."
${Text} NotPlaced "Not every file could be put in its place. Close programs that use $INSTDIR, then run this installer again; queue, settings and films are untouched." "Niet elk bestand kon op zijn plaats worden gezet. Sluit programma's die $INSTDIR gebruiken en start dit installatieprogramma opnieuw; wachtrij, instellingen en films zijn niet aangeraakt." "Tüm dosyalar yerine konamadı. $INSTDIR klasörünü kullanan programları kapatıp bu kurulumu yeniden çalıştırın; kuyruğa, ayarlara ve filmlere dokunulmadı."

${Text} KeepTitle "Remove MediaProcessor" "MediaProcessor verwijderen" "MediaProcessor'ı kaldır"
${Text} KeepHint "Films are never removed." "Films worden nooit verwijderd." "Filmler hiçbir zaman silinmez."
${Text} KeepText "The program is removed. If it is running, it closes first. What else it has made stays, unless you choose otherwise:" "Het programma wordt verwijderd. Als het actief is, sluit het eerst. Wat het verder heeft gemaakt blijft, tenzij u anders kiest:" "Program kaldırılır. Çalışıyorsa önce kapanır. Oluşturduğu diğer şeyler, siz aksini seçmedikçe kalır:"
${Text} DeleteData "Also delete &settings, queue, history and logs" "Ook &instellingen, wachtrij, geschiedenis en logboeken verwijderen" "&Ayarları, kuyruğu, geçmişi ve günlükleri de sil"
${Text} NoOriginals "No originals are kept." "Er worden geen originelen bewaard." "Saklanan orijinal yok."
${Text} OriginalsText "Kept, in the folders .mediaprocessor\originals beside your films or where you have put them: $originals" "Bewaard, in de mappen .mediaprocessor\originals naast uw films of waar u ze hebt geplaatst: $originals" "Filmlerinizin yanındaki .mediaprocessor\originals klasörlerinde ya da sizin seçtiğiniz yerde saklananlar: $originals"
${Text} ShowOriginals "Show where every original is" "Tonen waar elk origineel staat" "Her orijinalin nerede olduğunu göster"
${Text} DeleteOriginals "Also delete these &originals for good" "Ook deze &originelen definitief verwijderen" "Bu &orijinalleri de kalıcı olarak sil"
${Text} DeleteOriginalsHint "Only those whose processed film is still there as it was verified." "Alleen die waarvan de verwerkte film er nog is zoals hij is gecontroleerd." "Yalnızca işlenmiş filmi doğrulandığı gibi duranlar."
${Text} UninstallButton "&Uninstall" "&Verwijderen" "&Kaldır"
${Text} DeletingOriginals "Deleting originals…" "Originelen worden verwijderd…" "Orijinaller siliniyor…"
${Text} DataStay "Kept: ${DATA}" "Bewaard: ${DATA}" "Saklandı: ${DATA}"
${Text} OriginalsStay "Originals of your films are kept: $originals$\n$\nWhere each of them is stands in $R0" "Originelen van uw films zijn bewaard: $originals$\n$\nWaar elk ervan staat, leest u in $R0" "Filmlerinizin orijinalleri saklandı: $originals$\n$\nHer birinin yeri şu dosyada yazılı: $R0"
