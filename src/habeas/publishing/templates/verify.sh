#!/bin/sh
# Checks a Habeas dossier: every claim from its words up to the signature and the timestamp.
# Needs sh, sha256sum, openssl (3.0 or later), base64, xxd, and nothing else. Writes no file, uses no
# network. The same in every dossier that one version of Habeas made, so it can be compared.
# What each step proves, what it does not, and how to do it by hand: docs/verifying.md of Habeas.

set -f -u
nl='
'
IFS=' 	'$nl
asked_language=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
LC_ALL=C
OPENSSL_CONF=/dev/null
export LC_ALL OPENSSL_CONF
unset CDPATH

# ---------------------------------------------------------------------------------------- words

words_en() {
    case $1 in
    failed) w='FAILED' ;;
    ok) w='OK' ;;
    none) w='NONE' ;;
    unchecked) w='NOT CHECKED' ;;
    compare) w='COMPARE' ;;
    note) w='NOTE' ;;
    heading) w='Checking a dossier of %s claims.' ;;
    usage) w='Use: sh verify.sh [--lang en|fa] [--fingerprint HEX]... [--authority FILE]... [--list] [FOLDER]

Checks every claim of this dossier, from its words up to the signature of the organisation and the
timestamp. Needs sh, sha256sum, openssl (3.0 or later), base64 and xxd. Writes nothing; no network.

  --fingerprint HEX  a fingerprint that the organisation published; may be given more than once.
                     Then every key in this dossier has to be one of those given.
  --authority FILE   the root certificate (PEM) of a timestamp authority, got from the authority.
  --list             name every claim, with what was found.
  --lang en|fa       language of the messages.
  FOLDER             the dossier, when this script is not in it: your own copy, which you trust.

It ends with 0: all proved, and sealed; 1: something does not hold; 2: it could not be run;
3: all claims are proved, but the pages of the dossier are not sealed.' ;;
    bad_option) w='%s is not an option. Try: sh verify.sh --help' ;;
    no_tool) w='This computer lacks the program %s. Nothing was checked.' ;;
    old_openssl) w='This needs OpenSSL 3.0 or later; here is: %s. Nothing was checked.' ;;
    no_dossier) w='Here is no dossier: %s is missing or cannot be read. Nothing was checked.' ;;
    no_authority) w='The certificate file %s cannot be read. Nothing was checked.' ;;
    bad_fingerprint) w='%s is not a fingerprint: it has 64 hexadecimal digits. Nothing was checked.' ;;

    step1) w='1. Evidence: are the files those that the claims name?' ;;
    step2) w='2. Claims: are these the words that were recorded?' ;;
    step3) w='3. Entries: do they stand in the log?' ;;
    step4) w='4. Signatures: did the key of each log sign it?' ;;
    step5) w='5. Time: since when do they exist, and who else saw them?' ;;
    step6) w='6. Keys: whose are they?' ;;
    step7) w='7. The whole dossier: is every file as it was made?' ;;

    line_bad) w='%s, line %s, cannot be read: somebody changed this list.' ;;
    missing) w='The file %s is missing: somebody took it away.' ;;
    odd_file) w='The folder %s holds a file of a strange name: somebody added it.' ;;

    evidence_ok) w='%s evidence files, each the file that a claim names.' ;;
    evidence_none) w='this dossier comes without evidence files.' ;;
    evidence_changed) w='The evidence file %s is not the file that claim %s names: it was changed or exchanged.' ;;
    evidence_missing) w='The evidence file %s, which claim %s names, is missing.' ;;
    evidence_unnamed) w='The evidence file %s is not named by claim %s.' ;;
    evidence_extra) w='The evidence file %s is named by no claim: somebody added it.' ;;

    claims_ok) w='the words of %s claims are those to which the entries commit.' ;;
    claims_erased) w='claim %s... stands in the log, but was erased: its words and its salt were destroyed. Claim %s says why.' ;;
    claim_changed) w='Claim %s (%s): these are not the words that were recorded. Somebody changed or exchanged them afterwards.' ;;
    claim_missing) w='Claim %s (%s): the file with its words is missing. Somebody took it away.' ;;
    claim_extra) w='The file %s is no claim of this dossier: somebody added it.' ;;
    claim_foreign) w='Claim %s is not among the claims of its entry: it was put in from somewhere else, or the entry was changed.' ;;
    claim_form) w='Claim %s: this is no claim. Something else was put in its place.' ;;
    claim_log) w='Claim %s was recorded in another log than the one in which it stands here: somebody copied it.' ;;
    claim_twice) w='Claim %s is listed twice or out of order: somebody changed the list of claims.' ;;
    claim_count) w='The list of claims says that there are %s, and names %s: somebody changed it.' ;;
    erased_bad) w='The list of erased claims is wrong about %s...: somebody changed it.' ;;

    entries_ok) w='%s entries, each led up to the signed state of its log.' ;;
    entry_changed) w='Entry %s... (claims%s): this entry was never in the log, or was changed.' ;;
    entry_path) w='Entry %s... (claims%s): its proof does not lead to the signed log. It was never in the log, or the proof was changed.' ;;
    entry_missing) w='Entry %s... (claims%s): the file with the entry is missing.' ;;
    entry_unproved) w='Claim %s: there is no proof that its entry stands in a log.' ;;
    entry_extra) w='The proof of entry %s... belongs to no claim: somebody added it.' ;;
    checkpoint_bad) w='%s is not the state of a log of %s entries: it was changed or exchanged.' ;;

    logs_ok) w='signed states: %s; logs: %s.' ;;
    key_bad) w='%s is not the key of a log (an Ed25519 key): it was changed or exchanged.' ;;
    signature_bad) w='Log %s, %s entries: the key of the organisation did not sign this. It was changed after it was signed, or somebody else signed it.' ;;
    note_differs) w='%s does not say what was signed: it was changed or exchanged.' ;;
    history_bad) w='Log %s: its state of %s entries is not the beginning of its state of %s entries. The proof was changed, or history was rewritten.' ;;
    head_bad) w='Log %s: the state to which the proofs lead is not signed.' ;;
    second_signature) w='under the state of log %s stands a second signature (ML-DSA-44, against quantum computers). OpenSSL 3.0 cannot check it; OpenSSL 3.5 and later can.' ;;

    stamps_none) w='no timestamp. This dossier proves what was recorded and by whom, not since when.' ;;
    stamp_ok) w='log %s, the first %s entries existed on %s. So says: %s' ;;
    stamp_root) w='trusting this root certificate: %s. Compare its fingerprint with what the authority publishes: %s' ;;
    stamp_missing) w='The timestamp %s is missing.' ;;
    stamp_other) w='The timestamp %s is for other data.' ;;
    stamp_unreadable) w='The timestamp %s is damaged: it cannot be read.' ;;
    stamp_foreign) w='The timestamp %s is not signed by an authority whose certificate is given: it is forged, damaged, or needs another certificate (--authority FILE).' ;;
    stamp_unchecked) w='timestamp %s says %s, by %s. It is for this log; whether the authority signed it is not known. Get the root certificate from the authority itself, then: sh verify.sh --authority FILE' ;;
    witness_ok) w='the witness %s saw log %s with %s entries on %s (by its own clock).' ;;
    witness_key) w='compare the fingerprint of its key with what it publishes: %s' ;;
    witness_bad) w='The witness %s did not sign this state of log %s: the cosignature was changed or forged.' ;;

    key_is) w='log %s (%s claims), %s' ;;
    fingerprint_is) w='the fingerprint of its key: %s' ;;
    keys_ok) w='every key is one of those that you gave.' ;;
    keys_compare) w='compare each fingerprint with the list that the organisation publishes. Until then this proves only that whoever holds the key signed. (sh verify.sh --fingerprint HEX compares for you.)' ;;
    key_foreign) w='The key with the fingerprint %s is none of those that you gave: it is not the key of the organisation.' ;;

    files_ok) w='%s files, none changed, none missing, none added.' ;;
    file_changed) w='The file %s was changed after the dossier was made.' ;;
    file_missing) w='The file %s is missing: somebody took it away.' ;;
    file_extra) w='The file %s does not belong to this dossier: somebody added it.' ;;
    file_link) w='%s is a link, and not a file of this dossier: somebody added it.' ;;
    json_claim) w='dossier.json shows another claim in place %s than the one proved as claim %s.' ;;
    json_count) w='dossier.json shows %s claims; %s are proved.' ;;
    seal_ok) w='the list of files is the one that was sealed, by the key with the fingerprint %s' ;;
    seal_none) w='the organisation did not seal this dossier. Only the claims are proved: the words in the folder claims. Nothing protects the pages (HTML, PDF, JSON, pictures) from one who changes them and the list too.' ;;
    seal_foreign) w='the key of the seal signed none of the logs in which these claims stand. Whoever holds it made these pages.' ;;
    seal_gone) w='The seal was taken away: %s is missing.' ;;
    seal_signature) w='The organisation'\''s key did not sign this list of files.' ;;
    seal_other) w='The list of files (SHA256SUMS) is not the one that was sealed: it was changed afterwards.' ;;

    list_proved) w='claim %s: proved, in log %s, entry %s, existed on %s' ;;
    list_untimed) w='claim %s: proved, in log %s, entry %s, no timestamp' ;;
    list_unproved) w='claim %s: NOT PROVED' ;;
    verdict) w='RESULT:' ;;
    verdict_failed) w='this dossier does NOT hold. %s things are wrong (above); %s of %s claims are proved. Do not rely on the others, nor on the pages.' ;;
    verdict_ok) w='all %s claims are proved: these words were recorded and signed as shown, and the pages are those that were sealed with them.' ;;
    verdict_unsealed) w='all %s claims are proved, but the pages are NOT SEALED by a key that signed them: rely on the words in the folder claims only.' ;;
    time_all) w='All of them existed on %s.' ;;
    time_some) w='%s of them existed on %s; for the others no time is proved.' ;;
    time_none) w='No time is proved.' ;;
    limits) w='This proves what was recorded, by which key, and since when. It does not prove that what a source says is true.' ;;
    esac
}

words_fa() {
    case $1 in
    failed) w='نادرست' ;;
    ok) w='درست' ;;
    none) w='نیست' ;;
    unchecked) w='بررسی نشد' ;;
    compare) w='مقایسه کنید' ;;
    note) w='توجه' ;;
    heading) w='بررسی پرونده‌ای با %s گزاره.' ;;
    usage) w='روش کار: sh verify.sh [--lang en|fa] [--fingerprint HEX]... [--authority FILE]... [--list] [FOLDER]

هر گزارهٔ این پرونده را از واژه‌های آن تا امضای سازمان و مُهر زمان بررسی می‌کند. به sh، sha256sum،
openssl (نسخهٔ 3.0 یا تازه‌تر)، base64 و xxd نیاز دارد. چیزی نمی‌نویسد و به شبکه وصل نمی‌شود.

  --fingerprint HEX  اثر انگشت کلید که سازمان منتشر کرده است؛ چند بار هم می‌توان داد.
                     آن‌گاه هر کلید این پرونده باید یکی از آن‌ها باشد.
  --authority FILE   گواهی ریشهٔ (PEM) مرجع مُهر زمان، گرفته‌شده از خود آن مرجع.
  --list             نام بردن از هر گزاره و نتیجهٔ آن.
  --lang en|fa       زبان پیام‌ها.
  FOLDER             پوشهٔ پرونده، اگر این برنامه در آن نیست: نسخه‌ای که خودتان به آن اعتماد دارید.

کد پایان 0: همه اثبات شد و مُهر سازمان درست است؛ 1: چیزی نادرست است؛ 2: بررسی انجام نشد؛
3: همهٔ گزاره‌ها اثبات شد ولی صفحه‌های پرونده مُهر نشده است.' ;;
    bad_option) w='گزینهٔ %s وجود ندارد. بنویسید: sh verify.sh --help' ;;
    no_tool) w='برنامهٔ %s در این رایانه نیست. هیچ چیز بررسی نشد.' ;;
    old_openssl) w='نسخهٔ 3.0 یا تازه‌تر OpenSSL لازم است؛ نسخهٔ موجود: %s. هیچ چیز بررسی نشد.' ;;
    no_dossier) w='اینجا پرونده‌ای نیست: %s نیست یا خوانده نمی‌شود. هیچ چیز بررسی نشد.' ;;
    no_authority) w='فایل گواهی %s خوانده نمی‌شود. هیچ چیز بررسی نشد.' ;;
    bad_fingerprint) w='%s اثر انگشت کلید نیست: باید 64 رقم شانزده‌شانزدهی باشد. هیچ چیز بررسی نشد.' ;;

    step1) w='1. مدارک: آیا فایل‌ها همان‌هایی است که گزاره‌ها نام می‌برند؟' ;;
    step2) w='2. گزاره‌ها: آیا این همان واژه‌هایی است که ثبت شد؟' ;;
    step3) w='3. مدخل‌ها: آیا در دفتر ثبت هستند؟' ;;
    step4) w='4. امضاها: آیا کلید هر دفتر آن را امضا کرده است؟' ;;
    step5) w='5. زمان: از چه هنگام وجود دارند و چه کسی دیگر آن‌ها را دیده است؟' ;;
    step6) w='6. کلیدها: از آنِ کیست؟' ;;
    step7) w='7. کل پرونده: آیا هر فایل همان است که ساخته شد؟' ;;

    line_bad) w='%s، سطر %s، خوانده نمی‌شود: کسی این فهرست را تغییر داده است.' ;;
    missing) w='فایل %s نیست: کسی آن را برداشته است.' ;;
    odd_file) w='در پوشهٔ %s فایلی با نامی ناآشنا هست: کسی آن را افزوده است.' ;;

    evidence_ok) w='%s فایل مدرک، هر یک همان فایلی که گزاره‌ای نام می‌برد.' ;;
    evidence_none) w='این پرونده فایل مدرک ندارد.' ;;
    evidence_changed) w='فایل مدرک %s آن فایلی نیست که گزارهٔ %s نام می‌برد: تغییر کرده یا جابه‌جا شده است.' ;;
    evidence_missing) w='فایل مدرک %s که گزارهٔ %s نام می‌برد نیست.' ;;
    evidence_unnamed) w='فایل مدرک %s در گزارهٔ %s نام برده نشده است.' ;;
    evidence_extra) w='هیچ گزاره‌ای فایل مدرک %s را نام نمی‌برد: کسی آن را افزوده است.' ;;

    claims_ok) w='واژه‌های %s گزاره همان است که مدخل‌ها به آن متعهدند.' ;;
    claims_erased) w='گزارهٔ %s... در دفتر هست ولی محو شده است: واژه‌ها و نمک آن نابود شده‌اند. دلیل در گزارهٔ %s است.' ;;
    claim_changed) w='گزارهٔ %s (%s): این واژه‌هایی نیست که ثبت شد. کسی آن‌ها را پس از ثبت تغییر داده یا جابه‌جا کرده است.' ;;
    claim_missing) w='گزارهٔ %s (%s): فایل واژه‌های آن نیست. کسی آن را برداشته است.' ;;
    claim_extra) w='فایل %s از گزاره‌های این پرونده نیست: کسی آن را افزوده است.' ;;
    claim_foreign) w='گزارهٔ %s از گزاره‌های مدخل خود نیست: از جای دیگری آورده شده یا مدخل تغییر کرده است.' ;;
    claim_form) w='گزارهٔ %s: این گزاره نیست. چیز دیگری به جای آن گذاشته‌اند.' ;;
    claim_log) w='گزارهٔ %s در دفتر دیگری ثبت شده است نه در این دفتر: کسی آن را رونوشت کرده است.' ;;
    claim_twice) w='گزارهٔ %s دو بار یا بی‌ترتیب فهرست شده است: کسی فهرست گزاره‌ها را تغییر داده است.' ;;
    claim_count) w='فهرست گزاره‌ها می‌گوید %s گزاره هست و %s گزاره نام می‌برد: کسی آن را تغییر داده است.' ;;
    erased_bad) w='فهرست گزاره‌های محوشده دربارهٔ %s... نادرست است: کسی آن را تغییر داده است.' ;;

    entries_ok) w='%s مدخل، هر یک تا وضعیت امضاشدهٔ دفتر خود دنبال شد.' ;;
    entry_changed) w='مدخل %s... (گزاره‌های%s): این مدخل هرگز در دفتر نبوده یا تغییر کرده است.' ;;
    entry_path) w='مدخل %s... (گزاره‌های%s): اثبات آن به دفتر امضاشده نمی‌رسد. هرگز در دفتر نبوده یا اثبات تغییر کرده است.' ;;
    entry_missing) w='مدخل %s... (گزاره‌های%s): فایل مدخل نیست.' ;;
    entry_unproved) w='گزارهٔ %s: اثباتی نیست که مدخل آن در دفتری باشد.' ;;
    entry_extra) w='اثبات مدخل %s... از آنِ هیچ گزاره‌ای نیست: کسی آن را افزوده است.' ;;
    checkpoint_bad) w='%s وضعیت دفتری با %s مدخل نیست: تغییر کرده یا جابه‌جا شده است.' ;;

    logs_ok) w='%s وضعیت امضاشده از %s دفتر.' ;;
    key_bad) w='%s کلید دفتر (کلید Ed25519) نیست: تغییر کرده یا جابه‌جا شده است.' ;;
    signature_bad) w='دفتر %s، %s مدخل: کلید سازمان این را امضا نکرده است. پس از امضا تغییر کرده یا کس دیگری امضا کرده است.' ;;
    note_differs) w='%s آن نیست که امضا شد: تغییر کرده یا جابه‌جا شده است.' ;;
    history_bad) w='دفتر %s: وضعیت آن با %s مدخل آغازِ وضعیت آن با %s مدخل نیست. اثبات تغییر کرده یا تاریخ بازنویسی شده است.' ;;
    head_bad) w='دفتر %s: وضعیتی که اثبات‌ها به آن می‌رسند امضا نشده است.' ;;
    second_signature) w='زیر وضعیت دفتر %s امضای دومی هست (ML-DSA-44، در برابر رایانه‌های کوانتومی). OpenSSL 3.0 نمی‌تواند آن را بررسی کند؛ نسخهٔ 3.5 و تازه‌تر می‌تواند.' ;;

    stamps_none) w='مُهر زمان ندارد. این پرونده اثبات می‌کند چه چیزی و به دست که ثبت شد، نه از چه هنگام.' ;;
    stamp_ok) w='دفتر %s، %s مدخل نخست در %s وجود داشت. به گواهی: %s' ;;
    stamp_root) w='با اعتماد به این گواهی ریشه: %s. اثر انگشت آن را با آنچه مرجع منتشر کرده مقایسه کنید: %s' ;;
    stamp_missing) w='مُهر زمان %s نیست.' ;;
    stamp_other) w='مُهر زمان %s برای دادهٔ دیگری است.' ;;
    stamp_unreadable) w='مُهر زمان %s آسیب دیده است و خوانده نمی‌شود.' ;;
    stamp_foreign) w='مُهر زمان %s امضای مرجعی را که گواهی آن داده شده ندارد: جعلی یا آسیب‌دیده است، یا گواهی دیگری لازم است (--authority FILE).' ;;
    stamp_unchecked) w='مُهر زمان %s می‌گوید %s، از %s. برای همین دفتر است؛ دانسته نیست که آن مرجع امضا کرده باشد. گواهی ریشه را از خود مرجع بگیرید و بنویسید: sh verify.sh --authority FILE' ;;
    witness_ok) w='گواه %s دفتر %s را با %s مدخل در %s دید (به ساعت خودش).' ;;
    witness_key) w='اثر انگشت کلید آن را با آنچه منتشر کرده مقایسه کنید: %s' ;;
    witness_bad) w='گواه %s این وضعیت دفتر %s را امضا نکرده است: امضای او تغییر کرده یا جعلی است.' ;;

    key_is) w='دفتر %s (%s گزاره)، %s' ;;
    fingerprint_is) w='اثر انگشت کلید آن: %s' ;;
    keys_ok) w='هر کلید یکی از آن‌هایی است که شما دادید.' ;;
    keys_compare) w='هر اثر انگشت را با فهرستی که سازمان منتشر کرده مقایسه کنید. تا آن هنگام تنها اثبات می‌شود که دارندهٔ کلید امضا کرده است. (sh verify.sh --fingerprint HEX این کار را می‌کند.)' ;;
    key_foreign) w='کلید با اثر انگشت %s هیچ یک از آن‌هایی نیست که شما دادید: کلید سازمان نیست.' ;;

    files_ok) w='%s فایل، هیچ‌یک تغییر نکرده، کم نشده و افزوده نشده است.' ;;
    file_changed) w='فایل %s پس از ساختن پرونده تغییر کرده است.' ;;
    file_missing) w='فایل %s نیست: کسی آن را برداشته است.' ;;
    file_extra) w='فایل %s از این پرونده نیست: کسی آن را افزوده است.' ;;
    file_link) w='%s پیوند است و فایل این پرونده نیست: کسی آن را افزوده است.' ;;
    json_claim) w='فایل dossier.json در جای %s گزارهٔ دیگری نشان می‌دهد نه آن که به‌عنوان گزارهٔ %s اثبات شد.' ;;
    json_count) w='فایل dossier.json شمار %s گزاره نشان می‌دهد؛ %s گزاره اثبات می‌شود.' ;;
    seal_ok) w='فهرست فایل‌ها همان است که مُهر شد، با کلیدی با اثر انگشت %s' ;;
    seal_none) w='سازمان این پرونده را مُهر نکرده است. تنها گزاره‌ها اثبات می‌شوند: واژه‌های پوشهٔ claims. هیچ چیز صفحه‌ها را (HTML، PDF، JSON، تصویرها) از کسی که آن‌ها و فهرست را با هم تغییر دهد نگه نمی‌دارد.' ;;
    seal_foreign) w='کلید مُهر هیچ‌یک از دفترهای این گزاره‌ها را امضا نکرده است. این صفحه‌ها را دارندهٔ آن کلید ساخته است.' ;;
    seal_gone) w='مُهر برداشته شده است: %s نیست.' ;;
    seal_signature) w='کلید سازمان این فهرست فایل‌ها را امضا نکرده است.' ;;
    seal_other) w='فهرست فایل‌ها (SHA256SUMS) آن نیست که مُهر شد: پس از آن تغییر کرده است.' ;;

    list_proved) w='گزارهٔ %s: اثبات شد، دفتر %s، مدخل %s، در %s وجود داشت' ;;
    list_untimed) w='گزارهٔ %s: اثبات شد، دفتر %s، مدخل %s، بی مُهر زمان' ;;
    list_unproved) w='گزارهٔ %s: اثبات نشد' ;;
    verdict) w='نتیجه:' ;;
    verdict_failed) w='این پرونده درست نیست. %s نادرستی یافت شد (در بالا)؛ %s گزاره از %s گزاره اثبات شد. به بقیه و به صفحه‌ها تکیه نکنید.' ;;
    verdict_ok) w='هر %s گزاره اثبات شد: این واژه‌ها همان‌گونه ثبت و امضا شده‌اند و صفحه‌ها همان‌هایی است که با آن‌ها مُهر شد.' ;;
    verdict_unsealed) w='هر %s گزاره اثبات شد، ولی صفحه‌ها با کلیدی که آن‌ها را امضا کرده مُهر نشده است: تنها به واژه‌های پوشهٔ claims تکیه کنید.' ;;
    time_all) w='همهٔ آن‌ها در %s وجود داشتند.' ;;
    time_some) w='%s گزاره از آن‌ها در %s وجود داشت؛ زمان بقیه اثبات نشده است.' ;;
    time_none) w='زمان آن‌ها اثبات نشده است.' ;;
    limits) w='این اثبات می‌کند چه چیزی، با کدام کلید و از چه هنگام ثبت شده است. اثبات نمی‌کند که گفتهٔ منبع راست است.' ;;
    esac
}

# tell KEY VALUE...: a sentence of the chosen language.
tell() {
    "words_$lang" "$1"
    shift
    # shellcheck disable=SC2059
    printf "$w\\n" "$@"
}

# say MARK KEY VALUE...: a sentence behind a mark such as OK.
say() {
    "words_$lang" "$1"
    printf '   %s: ' "$w"
    shift
    tell "$@"
}

# failed KEY VALUE...: what does not hold. The check goes on.
failed() {
    failures=$((failures + 1))
    step_failures=$((step_failures + 1))
    say failed "$@"
}

begin() {
    step_failures=0
    printf '\n'
    tell "$1"
}

give_up() {
    tell "$@" >&2
    exit 2
}

# ------------------------------------------------------------------------------------ small tools

is_hash() {
    case $1 in '' | *[!0-9a-f]*) return 1 ;; esac
    [ "${#1}" -eq 64 ]
}

is_number() {
    case $1 in '' | *[!0-9]* | 0?*) return 1 ;; esac
    [ "${#1}" -le 18 ]
}

is_claim_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
    [ "${#1}" -le 9 ]
}

# A path as a dossier writes it: nothing that leads out of it, nothing that plays with a terminal.
is_path() {
    case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._/-]* | *..* | */ | *//* | */.*) return 1 ;; esac
}

# A name of a log or a witness.
is_name() {
    case $1 in '' | *[!A-Za-z0-9._/-]*) return 1 ;; esac
}

# need FILE: whether it is there; if not, that is a failure.
need() {
    [ -f "$1" ] && [ ! -h "$1" ] && return 0
    failed missing "$1"
    return 1
}

# leaf FILE: `hash` becomes the leaf hash of RFC 6962: SHA-256 of a zero byte and the file.
leaf() {
    hash=$({
        printf '00\n'
        xxd -p "$1"
    } | xxd -r -p | sha256sum)
    hash=${hash%% *}
}

# node LEFT RIGHT: `hash` becomes the hash of the inner node over two hashes. Each is worked out once.
node() {
    eval "hash=\${n_$1$2-}"
    [ -z "$hash" ] || return 0
    hash=$(printf '01%s%s' "$1" "$2" | xxd -r -p | sha256sum)
    hash=${hash%% *}
    eval "n_$1$2=$hash"
}

# fold_entry LEAF INDEX SIZE HASH...: `hash` becomes the root to which an inclusion proof leads
# (RFC 9162, 2.1.3.2).
fold_entry() {
    fold=$1 at=$2 last=$(($3 - 1))
    shift 3
    for sibling in "$@"; do
        is_hash "$sibling" && [ "$last" -gt 0 ] || return 1
        if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
            node "$sibling" "$fold"
            while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do at=$((at / 2)) last=$((last / 2)); done
        else
            node "$fold" "$sibling"
        fi
        fold=$hash at=$((at / 2)) last=$((last / 2))
    done
    [ "$last" = 0 ] || return 1
    hash=$fold
}

# fold_growth OLD_SIZE NEW_SIZE OLD_ROOT HASH...: `old` and `hash` become the roots of the earlier
# and the later log to which a consistency proof leads (RFC 9162, 2.1.4.2).
fold_growth() {
    at=$(($1 - 1)) last=$(($2 - 1))
    power=$1
    while [ $((power % 2)) = 0 ]; do power=$((power / 2)); done
    seed=$3
    shift 3
    [ "$power" = 1 ] && set -- "$seed" "$@"
    [ "$#" -gt 0 ] || return 1
    while [ $((at % 2)) = 1 ]; do at=$((at / 2)) last=$((last / 2)); done
    is_hash "$1" || return 1
    old=$1 new=$1
    shift
    for sibling in "$@"; do
        is_hash "$sibling" && [ "$last" -gt 0 ] || return 1
        if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
            node "$sibling" "$old"
            old=$hash
            node "$sibling" "$new"
            new=$hash
            while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do at=$((at / 2)) last=$((last / 2)); done
        else
            node "$new" "$sibling"
            new=$hash
        fi
        at=$((at / 2)) last=$((last / 2))
    done
    [ "$last" = 0 ] || return 1
    hash=$new
}

# signed KEY TEXT SIGNATURE: whether an Ed25519 key signed a file.
signed() {
    answer=$(openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" 2>&1) || return 1
    case $answer in *'Signature Verified Successfully'*) return 0 ;; esac
    return 1
}

# fingerprint KEY: `hash` becomes the SHA-256 of an Ed25519 public key in DER.
fingerprint() {
    der=$(openssl pkey -pubin -in "$1" -outform DER 2>/dev/null | xxd -p -c 64)
    case $der in 302a300506032b6570032100*) ;; *) return 1 ;; esac
    [ "${#der}" -eq 88 ] || return 1
    hash=$(printf %s "$der" | xxd -r -p | sha256sum)
    hash=${hash%% *}
}

# three_lines FILE: its first lines, with which a checkpoint says all it says.
three_lines() {
    line1='' line2='' line3=''
    { IFS= read -r line1 && IFS= read -r line2 && IFS= read -r line3; } <"$1"
}

# hash_folder FOLDER SUFFIX PREFIX: the hash of each file FOLDER/NAME SUFFIX into PREFIX_NAME.
hash_folder() {
    folder=$1 suffix=$2 prefix=$3 found=0 names=''
    set +f
    set -- "$folder"/*
    set -f
    [ -e "$1" ] || return 0
    for file in "$@"; do
        shift
        name=${file#"$folder"/}
        name=${name%"$suffix"}
        case $name in '' | *[!0-9a-f]*) name='' ;; esac
        if [ -z "$name" ] || [ "$file" != "$folder/$name$suffix" ] || [ ! -f "$file" ]; then
            failed odd_file "$folder"
        else
            set -- "$@" "$file"
            found=$((found + 1))
            names="$names $name"
        fi
    done
    [ "$#" -gt 0 ] || return 0
    IFS=$nl
    for line in $(sha256sum "$@" 2>/dev/null); do
        name=${line##*/}
        eval "${prefix}_${name%"$suffix"}=${line%% *}"
    done
    IFS=' 	'$nl
}

# ------------------------------------------------------------------------------------- the steps

# 1. The SHA-256 of each evidence file is the one that stands in the words of a claim.
check_evidence() {
    begin step1
    need proofs/evidence.txt || return 0
    hash_folder evidence '' f
    listed=0
    while IFS= read -r line <&3 || [ -n "$line" ]; do
        listed=$((listed + 1))
        file=${line%% *} number=${line#* }
        if ! is_hash "$file" || ! is_claim_number "$number"; then
            failed line_bad proofs/evidence.txt "$listed"
            continue
        fi
        eval "actual=\${f_$file-} f_$file=listed"
        words=''
        [ ! -f "claims/$number.opening.json" ] || IFS= read -r words <"claims/$number.opening.json"
        if [ -z "$actual" ]; then
            failed evidence_missing "evidence/$file" "$number"
        elif [ "$actual" != "$file" ]; then
            failed evidence_changed "evidence/$file" "$number"
        fi
        case $words in *"$file"*) ;; *) failed evidence_unnamed "evidence/$file" "$number" ;; esac
    done 3<proofs/evidence.txt
    for name in $names; do
        eval "actual=\$f_$name"
        [ "$actual" = listed ] || failed evidence_extra "evidence/$name"
    done
    [ "$step_failures" = 0 ] || return 0
    if [ "$listed" = 0 ]; then say none evidence_none; else say ok evidence_ok "$listed"; fi
}

# 2. The SHA-256 of each claim's words, with their salt, is a digest to which an entry commits.
check_claims() {
    begin step2
    hash_folder claims .opening.json h
    listed=0
    while IFS= read -r line <&3 || [ -n "$line" ]; do
        if [ "$listed" = 0 ] && [ "$line" = "habeas-proofs/1 $dossier_lang $claims" ]; then
            listed=1
            continue
        fi
        # shellcheck disable=SC2086
        set -- $line
        if [ "$listed" = 0 ] || [ "$#" != 3 ] || ! is_claim_number "$1" || ! is_hash "$2" || ! is_hash "$3"; then
            failed line_bad proofs/claims.txt "$((listed + 1))"
            continue
        fi
        check_claim "$@"
        listed=$((listed + 1))
    done 3<proofs/claims.txt
    listed_claims=$((listed > 0 ? listed - 1 : 0))
    [ "$listed_claims" = "$claims" ] && [ "$claims" -gt 0 ] || failed claim_count "$claims" "$listed_claims"
    for name in $names; do
        eval "actual=\$h_$name"
        [ "$actual" = listed ] || failed claim_extra "claims/$name.opening.json"
    done
    [ "$step_failures" != 0 ] || say ok claims_ok "$listed_claims"
    check_erased
}

# check_claim NUMBER DIGEST LEAF: the claim in place `listed` of the list.
check_claim() {
    plain=$1
    while :; do case $plain in 0?*) plain=${plain#0} ;; *) break ;; esac; done
    eval "seen=\${d_$2-}\${o_$plain-} actual=\${h_$1-}"
    if [ "$plain" != "$listed" ] || [ -n "$seen" ]; then
        failed claim_twice "$1"
        return
    fi
    eval "d_$2=$1 o_$plain=$2 h_$1=listed w_$1=$3"
    eval "k_$3=\"\${k_$3-} \$1\""
    if [ -z "$actual" ]; then
        failed claim_missing "$1" "claims/$1.opening.json"
    elif [ "$actual" != "$2" ]; then
        failed claim_changed "$1" "claims/$1.opening.json"
    elif ! names_digest "$3" "$2"; then
        failed claim_foreign "$1"
    elif ! is_claim "$1"; then
        failed claim_form "$1"
    else
        eval "c_$1=ok"
    fi
}

# is_claim NUMBER: whether a file holds a salt, a log's name and a claim (docs/spec/record.md); the
# name is kept, because a claim counts in that log alone.
is_claim() {
    words=''
    IFS= read -r words <"claims/$1.opening.json"
    salt=${words#'["'}
    salt=${salt%%\"*}
    recorded_in=${words#"[\"$salt\",\""}
    recorded_in=${recorded_in%%\"*}
    is_hash "$salt" && is_name "$recorded_in" || return 1
    case $words in "[\"$salt\",\"$recorded_in\",{"*'}]') ;; *) return 1 ;; esac
    eval "m_$1=$recorded_in"
}

# names_digest LEAF DIGEST: whether an entry commits to a digest.
names_digest() {
    if [ "$1" != "$entry_leaf" ]; then
        entry='' entry_leaf=$1
        [ ! -f "entries/$1.json" ] || IFS= read -r entry <"entries/$1.json"
    fi
    case $entry in '{"claims":['*"\"$2\""*'],"recorded":"'*) return 0 ;; esac
    return 1
}

# Claims whose words were destroyed: their digest still stands in an entry, and a claim says so.
check_erased() {
    need proofs/erased.txt || return 0
    row=0
    while IFS=' ' read -r digest entry_of number more <&3 || [ -n "$digest" ]; do
        row=$((row + 1))
        if ! is_hash "$digest" || ! is_hash "$entry_of" || ! is_claim_number "$number" || [ -n "$more" ]; then
            failed line_bad proofs/erased.txt "$row"
            continue
        fi
        words=''
        [ ! -f "claims/$number.opening.json" ] || IFS= read -r words <"claims/$number.opening.json"
        case $words in *'"predicate":"erased"'*"\"subject\":\"claim:$digest\""*) ;; *) words='' ;; esac
        if [ -n "$words" ] && names_digest "$entry_of" "$digest"; then
            short "$digest"
            say note claims_erased "$shortened" "$number"
        else
            short "$digest"
            failed erased_bad "$shortened"
        fi
    done 3<proofs/erased.txt
}

# short HASH: its first digits, for people.
short() {
    shortened=${1%????????????????????????????????????????????????????}
}

# 3. Each entry leads, by the hashes of its proof, to the root that its log's checkpoint states.
check_entries() {
    begin step3
    need proofs/logs.txt && need proofs/paths.txt || return 0
    while IFS=' ' read -r kind log origin size more <&3 || [ -n "$kind" ]; do
        [ "$kind" = log ] || continue
        is_number "$log" && is_name "$origin" && is_number "$size" && [ -z "$more" ] || continue
        if read_checkpoint "$log" "$size" "$origin"; then
            eval "r_$log=\$root s_$log=\$size a_$log=\$origin"
        fi
    done 3<proofs/logs.txt
    row=0 proved=0
    while IFS=' ' read -r entry_of log index path <&3 || [ -n "$entry_of" ]; do
        row=$((row + 1))
        if is_hash "$entry_of" && is_number "$log" && is_number "$index"; then
            check_entry
        else
            failed line_bad proofs/paths.txt "$row"
        fi
    done 3<proofs/paths.txt
    place=0
    while [ "$place" -lt "$listed_claims" ]; do
        place=$((place + 1))
        eval "digest=\${o_$place-}"
        [ -n "$digest" ] || continue
        eval "number=\$d_$digest" && eval "entry_of=\$w_$number" && eval "concerned=\${t_$entry_of-}"
        [ -n "$concerned" ] || failed entry_unproved "$number"
        check_log
    done
    [ "$step_failures" != 0 ] || say ok entries_ok "$proved"
}

# The claim `number` was recorded in the log in which its entry `entry_of` stands.
check_log() {
    eval "where=\${e_$entry_of-} recorded_in=\${m_$number-}"
    [ -n "$where" ] && [ -n "$recorded_in" ] || return 0
    eval "origin=\$a_${where% *}"
    [ "${origin##*/}" != "$recorded_in" ] || return 0
    eval "c_$number=''"
    failed claim_log "$number"
}

# read_checkpoint LOG SIZE ORIGIN: `root` becomes the root that it states.
read_checkpoint() {
    text=logs/$1/$2/checkpoint.txt
    need "$text" || return 1
    three_lines "$text"
    root=$(printf %s "$line3" | base64 -d 2>/dev/null | xxd -p -c 64)
    [ "$line1" = "$3" ] && [ "$line2" = "$2" ] && is_hash "$root" && return 0
    failed checkpoint_bad "$text" "$2"
    return 1
}

# The entry of one line of proofs/paths.txt.
check_entry() {
    eval "concerned=\${k_$entry_of-} root=\${r_$log-} size=\${s_$log-0}"
    eval "t_$entry_of=tried"
    short "$entry_of"
    if [ -z "$concerned" ]; then
        failed entry_extra "$shortened"
        return
    fi
    if [ ! -f "entries/$entry_of.json" ]; then
        failed entry_missing "$shortened" "$concerned"
        return
    fi
    leaf "entries/$entry_of.json"
    if [ "$hash" != "$entry_of" ]; then
        failed entry_changed "$shortened" "$concerned"
        return
    fi
    # shellcheck disable=SC2086
    if [ "$index" -lt "$size" ] && fold_entry "$hash" "$index" "$size" $path && [ "$hash" = "$root" ]; then
        proved=$((proved + 1))
        eval "e_$entry_of='$log $index'"
    else
        failed entry_path "$shortened" "$concerned"
    fi
}

# 4. Each checkpoint is signed by its log's key, and the earlier ones are beginnings of the last.
check_signatures() {
    begin step4
    need proofs/logs.txt || return 0
    row=0 states=0 logs='' origin=''
    while IFS=' ' read -r kind log size rest <&3 || [ -n "$kind" ]; do
        row=$((row + 1))
        case $kind in
        log)
            origin=$size head=${rest}
            if is_number "$log" && is_name "$origin" && is_number "$head"; then
                check_key
            else
                failed line_bad proofs/logs.txt "$row"
                origin=''
            fi
            ;;
        checkpoint)
            if [ -n "$origin" ] && [ "$log" = "$current" ] && is_number "$size"; then
                # shellcheck disable=SC2086
                check_state $rest
            else
                failed line_bad proofs/logs.txt "$row"
            fi
            ;;
        stamp | witness) ;;
        *) failed line_bad proofs/logs.txt "$row" ;;
        esac
    done 3<proofs/logs.txt
    count=0
    for log in $logs; do
        count=$((count + 1))
        eval "size=\$z_$log" && eval "state=\${v_${log}_$size-}"
        if [ "$state" = ok ]; then eval "l_$log=ok"; else failed head_bad "$log"; fi
    done
    [ "$step_failures" != 0 ] || say ok logs_ok "$states" "$count"
}

# The key of the log that begins here.
check_key() {
    current=$log
    logs="$logs $log"
    eval "z_$log=$head a_$log=\$origin"
    need "logs/$log/key.pem" || return 0
    if fingerprint "logs/$log/key.pem"; then
        eval "p_$log=$hash"
    else
        failed key_bad "logs/$log/key.pem"
    fi
}

# check_state HASH...: a checkpoint with its consistency proof.
check_state() {
    states=$((states + 1))
    folder=logs/$log/$size
    eval "print=\${p_$log-}"
    read_checkpoint "$log" "$size" "$origin" && need "$folder/checkpoint.sig" && need "$folder/checkpoint" || return 0
    state_root=$root
    if [ -z "$print" ] || ! signed "logs/$log/key.pem" "$folder/checkpoint.txt" "$folder/checkpoint.sig"; then
        failed signature_bad "$log" "$size"
        return
    fi
    if ! note_agrees; then
        failed note_differs "$folder/checkpoint"
        return
    fi
    eval "root=\${r_$log-}"
    if [ "$size" = "$head" ]; then
        [ "$#" = 0 ] && eval "v_${log}_$size=ok"
    elif [ "$size" -gt 0 ] && [ "$size" -lt "$head" ] && fold_growth "$size" "$head" "$state_root" "$@" &&
        [ "$old" = "$state_root" ] && [ "$hash" = "$root" ]; then
        eval "v_${log}_$size=ok"
    else
        failed history_bad "$log" "$size" "$head"
    fi
}

# The signed note says the same as the text that was signed, and bears the same signature.
note_agrees() {
    three_lines "$folder/checkpoint.txt"
    said=$line1$nl$line2$nl$line3
    three_lines "$folder/checkpoint"
    [ "$said" = "$line1$nl$line2$nl$line3" ] || return 1
    note_bears "$origin" "$(xxd -p -c 64 "$folder/checkpoint.sig")" || return 1
    [ "$second" = no ] || [ "$size" != "$head" ] || say note second_signature "$log"
}

# note_bears NAME HEX: whether a signature line of that name in the note of `folder` holds these
# bytes behind the four that name the key. `second` tells of a line that is too long for Ed25519.
note_bears() {
    row_of_note=0 agreed=no second=no
    while IFS= read -r line <&4; do
        row_of_note=$((row_of_note + 1))
        [ "$row_of_note" -gt 4 ] || continue
        case $line in "— $1 "*) ;; *) continue ;; esac
        signature=${line#"— $1 "}
        if [ "${#signature}" -gt 3000 ]; then
            second=yes
        else
            bytes=$(printf %s "$signature" | base64 -d 2>/dev/null | xxd -p -c 76)
            [ "${bytes#????????}" != "$2" ] || agreed=yes
        fi
    done 4<"$folder/checkpoint"
    [ "$agreed" = yes ]
}

# 5. Timestamps (RFC 3161) over a checkpoint, each at its own time, and witnesses.
check_times() {
    begin step5
    need proofs/logs.txt || return 0
    stamps=0 times=''
    while IFS=' ' read -r kind log size number name <&3 || [ -n "$kind" ]; do
        case $kind in stamp | witness) ;; *) continue ;; esac
        is_number "$log" && is_number "$size" && is_number "$number" || { failed line_bad proofs/logs.txt "$kind"; continue; }
        base=logs/$log/$size/$kind-$number
        eval "state=\${v_${log}_$size-}"
        if [ "$kind" = stamp ]; then
            stamps=$((stamps + 1))
            check_stamp
        elif is_name "$name"; then
            check_witness
        else
            failed line_bad proofs/logs.txt "$kind"
        fi
    done 3<proofs/logs.txt
    [ "$stamps" != 0 ] || say none stamps_none
}

# One timestamp: what it is over, when, by whom; then whether a trusted authority signed it.
check_stamp() {
    if [ ! -f "$base.note" ] || [ ! -f "$base.tsr" ]; then
        failed stamp_missing "$base.tsr"
        return
    fi
    if ! read_token; then
        failed stamp_unreadable "$base.tsr"
        return
    fi
    actual=$(openssl dgst "-$algorithm" -r "$base.note" 2>/dev/null)
    three_lines "logs/$log/$size/checkpoint.txt" 2>/dev/null
    said=$line1$nl$line2$nl$line3
    three_lines "$base.note"
    if [ "${actual%% *}" != "$imprint" ] || [ "$said" != "$line1$nl$line2$nl$line3" ] || [ "$state" != ok ]; then
        failed stamp_other "$base.tsr"
        return
    fi
    trust_stamp
}

# Asks openssl with each certificate in turn: those of the dossier, then those the reader gave.
trust_stamp() {
    asked=0
    set +f
    set -- authorities/*.pem
    set -f
    [ -f "$1" ] || set --
    IFS=$nl
    for certificate in "$@" $given_authorities; do
        IFS=' 	'$nl
        asked=$((asked + 1))
        answer=$(openssl ts -verify -data "$base.note" -in "$base.tsr" -CAfile "$certificate" -attime "$epoch" 2>&1) || continue
        case $answer in *'Verification: OK'*) ;; *) continue ;; esac
        times="$times $log:$size:$epoch:$iso"
        say ok stamp_ok "$log" "$size" "$iso" "$authority"
        subject=$(openssl x509 -in "$certificate" -noout -subject -nameopt RFC2253 2>/dev/null)
        print=$(openssl x509 -in "$certificate" -noout -fingerprint -sha256 2>/dev/null)
        say compare stamp_root "${subject#subject=}" "${print#*=}"
        return
    done
    IFS=' 	'$nl
    if [ "$asked" = 0 ]; then
        say unchecked stamp_unchecked "$base.tsr" "$iso" "$authority"
    else
        failed stamp_foreign "$base.tsr"
    fi
}

# read_token: `epoch`, `iso`, `authority`, `algorithm` and `imprint` become what the token says.
# A line that could be taken for another of the same name condemns the token.
read_token() {
    epoch='' iso='' authority='' algorithm='' imprint='' dump=no
    answer=$(openssl ts -reply -in "$base.tsr" -text 2>/dev/null) || return 1
    IFS=$nl
    for line in $answer; do
        IFS=' 	'$nl
        case $line in
        'Time stamp: '*)
            [ -z "$epoch" ] || return 1
            # shellcheck disable=SC2086
            read_time ${line#Time stamp: } || return 1
            ;;
        'TSA: '*) authority=${line#TSA: } ;;
        'Hash Algorithm: '*)
            [ -z "$algorithm" ] || return 1
            algorithm=${line#Hash Algorithm: }
            ;;
        'Message data:') dump=yes ;;
        'Serial number: '*) dump=no ;;
        '    '*)
            [ "$dump" = yes ] || continue
            IFS=' -'
            # shellcheck disable=SC2086
            set -- $line
            IFS=' 	'$nl
            [ "$#" -ge 17 ] || return 1
            shift
            imprint=$imprint$1$2$3$4$5$6$7$8$9
            shift 9
            imprint=$imprint$1$2$3$4$5$6$7
            ;;
        esac
    done
    IFS=' 	'$nl
    case $algorithm in sha256 | sha384 | sha512) ;; *) return 1 ;; esac
    [ -n "$epoch" ] && [ -n "$imprint" ]
}

# read_time Nov 23 15:10:01.5 2026 GMT
read_time() {
    [ "$#" = 5 ] && [ "$5" = GMT ] || return 1
    case $1 in
    Jan) month=1 ;; Feb) month=2 ;; Mar) month=3 ;; Apr) month=4 ;; May) month=5 ;; Jun) month=6 ;;
    Jul) month=7 ;; Aug) month=8 ;; Sep) month=9 ;; Oct) month=10 ;; Nov) month=11 ;; Dec) month=12 ;;
    *) return 1 ;;
    esac
    clock=${3%%.*}
    case $2:$clock:$4 in
    [1-9]:[0-2][0-9]:[0-5][0-9]:[0-6][0-9]:[0-9][0-9][0-9][0-9]) ;;
    [1-3][0-9]:[0-2][0-9]:[0-5][0-9]:[0-6][0-9]:[0-9][0-9][0-9][0-9]) ;;
    *) return 1 ;;
    esac
    seconds=${clock##*:} hours=${clock%%:*}
    minutes=${clock#*:} minutes=${minutes%:*}
    days_since_1970 "$4" "$month" "$2"
    epoch=$((days * 86400 + ${hours#0} * 3600 + ${minutes#0} * 60 + ${seconds#0}))
    iso=$(printf '%s-%02d-%02dT%sZ' "$4" "$month" "$2" "$clock")
}

# days_since_1970 YEAR MONTH DAY, in the Gregorian calendar; the year begins in March.
days_since_1970() {
    y=$(($2 > 2 ? $1 : $1 - 1)) m=$((($2 + 9) % 12))
    days=$((365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + $3 - 1 - 719468))
}

# A witness signs `cosignature/v1`, a time and the checkpoint (C2SP tlog-cosignature).
check_witness() {
    if ! need "$base.txt" || ! need "$base.sig" || ! need "$base.pem"; then return; fi
    {
        IFS= read -r form && IFS= read -r line0 && IFS= read -r line1 &&
            IFS= read -r line2 && IFS= read -r line3
    } <"$base.txt"
    said=$line1$nl$line2$nl$line3
    three_lines "logs/$log/$size/checkpoint.txt" 2>/dev/null
    if [ "$form" != cosignature/v1 ] || ! is_number "${line0#time }" || [ "$state" != ok ] ||
        [ "$said" != "$line1$nl$line2$nl$line3" ] || ! witness_in_note || ! fingerprint "$base.pem" ||
        ! signed "$base.pem" "$base.txt" "$base.sig"; then
        failed witness_bad "$name" "$log"
        return
    fi
    day_of "${line0#time }"
    say ok witness_ok "$name" "$log" "$size" "$iso"
    say compare witness_key "$hash"
}

# The cosignature is the one that stands under the checkpoint, in the name of this witness.
witness_in_note() {
    folder=logs/$log/$size
    note_bears "$name" "$(printf %016x "${line0#time }")$(xxd -p -c 64 "$base.sig")"
}

# day_of EPOCH: `iso` becomes the day and time of day in UTC.
day_of() {
    days=$(($1 / 86400 + 719468)) rest=$(($1 % 86400))
    era=$((days / 146097)) of_era=$((days % 146097))
    y=$(((of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365))
    of_year=$((of_era - (365 * y + y / 4 - y / 100)))
    m=$(((5 * of_year + 2) / 153)) day=$((of_year - (153 * m + 2) / 5 + 1))
    month=$((m < 10 ? m + 3 : m - 9))
    y=$((y + era * 400 + (month <= 2 ? 1 : 0)))
    iso=$(printf '%04d-%02d-%02dT%02d:%02d:%02dZ' "$y" "$month" "$day" \
        $((rest / 3600)) $((rest / 60 % 60)) $((rest % 60)))
}

# 6. Whose key it is, no computation can tell: a person compares fingerprints, or gives them.
check_keys() {
    begin step6
    for log in ${logs-}; do
        eval "origin=\$a_$log print=\${p_$log-} count=\${q_$log-0}"
        [ -n "$print" ] || continue
        say note key_is "$log" "$count" "$origin"
        say note fingerprint_is "$print"
        compare_key "$print"
    done
    if [ -z "$given_fingerprints" ]; then
        say compare keys_compare
    elif [ "$step_failures" = 0 ]; then
        say ok keys_ok
    fi
}

# compare_key FINGERPRINT: with those that the reader gave, if any.
compare_key() {
    case " $given_fingerprints" in ' ' | *" $1 "*) ;; *) failed key_foreign "$1" ;; esac
}

# 7. Every file is as the list says, and the list is what the organisation sealed.
check_dossier() {
    begin step7
    [ ! -f dossier.json ] || check_json
    need SHA256SUMS || return 0
    check_list
    check_extra
    [ "$step_failures" != 0 ] || say ok files_ok "$listed"
    check_seal
}

# The claims that dossier.json shows are the ones that were proved, in their order.
check_json() {
    place=0
    while IFS= read -r line <&3 || [ -n "$line" ]; do
        key='' between=''
        IFS='"'
        for field in $line; do
            case $key$between in digest: | 'digest: ') check_json_claim "$field" ;; esac
            key=$between between=$field
        done
        IFS=' 	'$nl
    done 3<dossier.json
    [ "$place" = "$claims" ] || failed json_count "$place" "$claims"
}

# check_json_claim DIGEST: the next one in dossier.json.
check_json_claim() {
    place=$((place + 1))
    eval "actual=\${o_$place-}"
    [ "$1" = "$actual" ] || failed json_claim "$place" "$place"
}

# Every file of SHA256SUMS is there and unchanged. Only plain files of this folder are opened.
check_list() {
    listed=0 list=$nl gone=0 sums=''
    while IFS= read -r line <&3 || [ -n "$line" ]; do
        listed=$((listed + 1))
        name=${line#????????????????????????????????????????????????????????????????  }
        hash=${line%"  $name"}
        if ! is_hash "$hash" || ! is_path "$name"; then
            failed line_bad SHA256SUMS "$listed"
            continue
        fi
        eval "same=\${u_$hash-\$nl} u_$hash=\${u_$hash-\$nl}\$name\$nl"
        case $same in *"$nl$name$nl"*) failed line_bad SHA256SUMS "$listed" ;; esac
        list=$list$name$nl
        if [ -f "$name" ]; then
            sums=$sums$line$nl
        else
            gone=$((gone + 1))
            failed file_missing "$name"
        fi
    done 3<SHA256SUMS
    [ -n "$sums" ] || return 0
    IFS=$nl
    for line in $(printf %s "$sums" | sha256sum -c 2>/dev/null); do
        IFS=' 	'$nl
        [ "$line" = "${line%%: *}: OK" ] || failed file_changed "${line%%: *}"
    done
    IFS=' 	'$nl
}

# No file is here that the list does not name.
check_extra() {
    files=0
    count_files .
    expected=$((listed + 1))
    [ ! -f seal/statement.txt ] || expected=$((expected + 1))
    [ ! -f seal/statement.sig ] || expected=$((expected + 1))
    [ "$files" != "$expected" ] || [ "$gone" != 0 ] || return 0
    name_extra .
}

# count_files FOLDER: adds the number of everything in it that is no folder to `files`.
count_files() {
    set +f
    set -- "$1"/* "$1"/.[!.]* "$1"/..?*
    set -f
    for file in "$@"; do
        if [ -h "$file" ]; then
            failed file_link "${file#./}"
        elif [ -d "$file" ]; then
            count_files "$file"
        elif [ -e "$file" ]; then
            files=$((files + 1))
        fi
    done
}

# name_extra FOLDER: says what does not belong there.
name_extra() {
    set +f
    set -- "$1"/* "$1"/.[!.]* "$1"/..?*
    set -f
    for file in "$@"; do
        if [ -h "$file" ]; then
            continue
        elif [ -d "$file" ]; then
            name_extra "$file"
        elif [ -e "$file" ]; then
            name=${file#./}
            case $name in SHA256SUMS | seal/statement.txt | seal/statement.sig) continue ;; esac
            case $list in *"$nl$name$nl"*) continue ;; esac
            if is_path "$name"; then failed file_extra "$name"; else failed odd_file .; fi
        fi
    done
}

# The organisation's signature over the list.
check_seal() {
    sealed=no
    if [ ! -f seal/key.pem ] && [ ! -f seal/statement.txt ] && [ ! -f seal/statement.sig ]; then
        case $list in *"${nl}seal/key.pem$nl"*) ;; *) say none seal_none; return ;; esac
    fi
    for file in seal/key.pem seal/statement.txt seal/statement.sig; do
        if [ ! -f "$file" ]; then
            failed seal_gone "$file"
            return
        fi
    done
    if ! fingerprint seal/key.pem || ! signed seal/key.pem seal/statement.txt seal/statement.sig; then
        failed seal_signature
        return
    fi
    print=$hash
    hash=$(sha256sum SHA256SUMS)
    { IFS= read -r line1 && IFS= read -r line2; } <seal/statement.txt
    if [ "$line1" != habeas-dossier-seal/1 ] || [ "$line2" != "${hash%% *}" ]; then
        failed seal_other
        return
    fi
    say ok seal_ok "$print"
    compare_key "$print"
    for log in ${logs-}; do
        eval "hash=\${p_$log-} count=\${q_$log-0}"
        [ "$hash" != "$print" ] || [ "$count" = 0 ] || sealed=yes
    done
    [ "$sealed" = yes ] || say note seal_foreign
}

# ------------------------------------------------------------------------------------ the verdict

# Which claims are proved from end to end, in which log, since when.
count_proved() {
    proved=0 timed=0 latest=0 latest_iso='' place=0 per_claim=''
    while [ "$place" -lt "$listed_claims" ]; do
        place=$((place + 1))
        eval "digest=\${o_$place-}"
        [ -n "$digest" ] || continue
        eval "number=\$d_$digest" && eval "state=\${c_$number-}"
        eval "entry_of=\${w_$number-}" && eval "where=\${e_$entry_of-}"
        log=${where% *} index=${where#* } good=''
        [ -z "$where" ] || eval "good=\${l_$log-}"
        if [ "$state" != ok ] || [ "$good" != ok ]; then
            per_claim="$per_claim$number$nl"
            continue
        fi
        proved=$((proved + 1))
        eval "q_$log=\$((\${q_$log-0} + 1))"
        earliest_time
        per_claim="$per_claim$number $log $index $since$nl"
    done
}

# The earliest verified timestamp over a checkpoint that covers the entry.
earliest_time() {
    since='' epoch=0
    for time in $times; do
        [ "${time%%:*}" = "$log" ] || continue
        time=${time#*:} size=${time%%:*} time=${time#*:}
        [ "$size" -gt "$index" ] || continue
        if [ -z "$since" ] || [ "${time%%:*}" -lt "$epoch" ]; then epoch=${time%%:*} since=${time#*:}; fi
    done
    [ -n "$since" ] || return 0
    timed=$((timed + 1))
    if [ "$epoch" -gt "$latest" ]; then latest=$epoch latest_iso=$since; fi
}

list_claims() {
    printf '\n'
    IFS=$nl
    for line in $per_claim; do
        IFS=' 	'$nl
        # shellcheck disable=SC2086
        set -- $line
        case $# in
        4) tell list_proved "$@" ;;
        3) tell list_untimed "$@" ;;
        *) tell list_unproved "$1" ;;
        esac
    done
    IFS=' 	'$nl
}

tell_time() {
    if [ "$timed" = 0 ]; then
        tell time_none
    elif [ "$timed" = "$proved" ]; then
        tell time_all "$latest_iso"
    else
        tell time_some "$timed" "$latest_iso"
    fi
}

verdict() {
    printf '\n'
    tell verdict
    if [ "$failures" != 0 ] || [ "$proved" != "$claims" ]; then
        tell verdict_failed "$failures" "$proved" "$claims"
        return 1
    fi
    if [ "$sealed" = yes ]; then tell verdict_ok "$claims"; else tell verdict_unsealed "$claims"; fi
    tell_time
    tell limits
    [ "$sealed" = yes ] || return 3
}

# ---------------------------------------------------------------------------------------- begin

choose_language() {
    case $asked_language in fa*) lang=fa ;; *) lang=$dossier_lang ;; esac
    [ -z "$chosen_language" ] || lang=$chosen_language
}

read_options() {
    while [ "$#" -gt 0 ]; do
        case $1 in
        --help | -h) wants_help=yes ;;
        --list) wants_list=yes ;;
        --lang | --fingerprint | --authority)
            [ "$#" -gt 1 ] || give_up bad_option "$1"
            take_option "$1" "$2"
            shift
            ;;
        -*) give_up bad_option "$1" ;;
        *)
            [ -z "$place" ] && [ -d "$1" ] || give_up no_dossier "$1"
            place=$1
            ;;
        esac
        shift
    done
}

take_option() {
    case $1:$2 in
    --lang:en | --lang:fa) chosen_language=$2 lang=$2 ;;
    --fingerprint:*)
        IFS=' :'
        # shellcheck disable=SC2086
        set -- $2
        IFS=' 	'$nl
        print=$(printf %s "$@" | xxd -r -p 2>/dev/null | xxd -p -c 64)
        is_hash "$print" || give_up bad_fingerprint "$*"
        given_fingerprints="$given_fingerprints$print "
        ;;
    --authority:*)
        case $2 in /*) file=$2 ;; *) file=$PWD/$2 ;; esac
        [ -f "$file" ] || give_up no_authority "$2"
        given_authorities=$given_authorities$file$nl
        ;;
    *) give_up bad_option "$1 $2" ;;
    esac
}

lang=en chosen_language='' wants_help=no wants_list=no given_fingerprints='' given_authorities=''
case $asked_language in fa*) lang=fa ;; esac
for tool in sha256sum openssl base64 xxd; do
    command -v "$tool" >/dev/null 2>&1 || give_up no_tool "$tool"
done
case $0 in */*) home=${0%/*} ;; *) home=. ;; esac
place=''
read_options "$@"
case ${place:=$home} in /*) ;; *) place=./$place ;; esac
cd "$place" || exit 2
first='' dossier_lang=en claims=0
[ ! -f proofs/claims.txt ] || IFS= read -r first <proofs/claims.txt
case $first in
'habeas-proofs/1 en '* | 'habeas-proofs/1 fa '*)
    claims=${first##* } first=${first% *} dossier_lang=${first##* }
    ;;
esac
choose_language
if [ "$wants_help" = yes ]; then
    tell usage
    exit 0
fi
case $(openssl version 2>/dev/null) in
'OpenSSL '[3-9].* | 'OpenSSL '[1-9][0-9].*) ;;
*) give_up old_openssl "$(openssl version 2>&1)" ;;
esac
is_number "$claims" && [ "$claims" -gt 0 ] || give_up no_dossier proofs/claims.txt

failures=0 step_failures=0 listed=0 entry='' entry_leaf='' names='' sealed=no proved=0 times='' logs=''
tell heading "$claims"
check_evidence
check_claims
check_entries
check_signatures
check_times
count_proved
check_keys
check_dossier
[ "$wants_list" = no ] || list_claims
verdict
exit $?
