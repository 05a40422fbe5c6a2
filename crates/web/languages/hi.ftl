# ग्राहकों के पन्नों पर जो कुछ लिखा होता है। कुंजियाँ वही हैं जो en.ftl में हैं।

language-name = हिन्दी
full-stop = ।

## हर पन्ने के चारों ओर

frame-skip = सीधे सामग्री पर जाएँ
frame-main = मुख्य
frame-shop = दुकान
frame-cart = कार्ट
frame-servers = मेरे सर्वर
frame-staff = स्टाफ़
frame-account = आपका खाता, { $email }
sign-in = साइन इन
sign-out = साइन आउट
sign-up = खाता बनाएँ
foot-promise = हर चुकाया गया ऑर्डर या तो ठीक वही सर्वर बनता है जो बेचा गया था, आपको दिखाने से पहले जाँचा हुआ, या पैसे वापस मिलते हैं।
foot-times = समय { $zone } के अनुसार हैं।
foot-language = भाषा
foot-legal = यहाँ क्या लागू है
foot-support = सहायता: { $email }
legal-before = ऑर्डर और भुगतान से पहले पढ़ें:
legal-since = { $day } से लागू।
legal-terms = शर्तें
legal-privacy = निजता
legal-refunds = धन-वापसी और रद्द करना
legal-imprint = प्रकाशक की जानकारी
demo-name = डेमो
demo-strip = डेमो।
demo-words = यहाँ कुछ भी असली नहीं है।
demo-link = सप्लायर से झूठ बुलवाएँ

## अकेले शब्द

word-memory = मेमोरी
word-system = सिस्टम
word-code = कूपन कोड
any-system-choice = कोई भी: सबसे जल्दी मिलता है
time-minutes = { $count ->
    [one] { $count } मिनट
   *[other] { $count } मिनट
}
time-hours = { $count ->
    [one] { $count } घंटे
   *[other] { $count } घंटों
}
time-days = { $count ->
    [one] { $count } दिन
   *[other] { $count } दिनों
}

## दुकान

shop-title = सर्वर
shop-name-and-promise = { $name }: ठीक वही सर्वर जो आपने ऑर्डर किया
shop-description = वर्चुअल सर्वर, जिनका IP पता आपके चुने हुए ब्लॉक से होता है। हम पता आपको दिखाने से पहले जाँचते हैं: ठीक वही, या पैसे वापस।
shop-hero = ब्लॉक चुनिए। ठीक वही पाइए।
shop-lead = आपके सर्वर का पता हम आपको दिखाने से पहले जाँचते हैं। वह आपके चुने हुए ब्लॉक से न हो तो आपको कभी नहीं दिया जाता: आपको सही सर्वर मिलता है, या पैसे वापस।
shop-stopped = दुकान अभी ऑर्डर नहीं ले रही है।
shop-stopped-more = जिन ऑर्डरों का भुगतान हो चुका है, उन पर काम चल रहा है। कृपया बाद में फिर देखें।
shop-unsure = हम सप्लायर की स्टॉक सूची का इंतज़ार कर रहे हैं।
shop-unsure-more = जब तक पता न हो कि क्या उपलब्ध है, हम कुछ नहीं बेचते। कृपया कुछ मिनट बाद फिर देखें।
shop-search-label = नाम या पते से खोजें
shop-search-example = खोजें: 103.181
shop-search = खोजें
shop-filter = छाँटें और क्रम बदलें
shop-any-size = कोई भी
shop-most = अधिक से अधिक, { $currency } में
shop-order = पहले
order-name = नाम के क्रम से
order-cheapest = सबसे सस्ते
order-dearest = सबसे महँगे
shop-only-in-stock = सिर्फ़ जो स्टॉक में हैं
shop-grouped = समूहों में
shop-show = दिखाएँ
shop-tags = समूह
shop-found = { $count ->
    [one] { $all } में से { $count } सर्वर।
   *[other] { $all } में से { $count } सर्वर।
}
shop-show-all = सभी सर्वर दिखाएँ
shop-others = अन्य
shop-tax = कीमतों में { $rate } कर शामिल नहीं है। हर सर्वर के पन्ने पर कर सहित कीमत दिखती है।
shop-tax-included = कीमतों में { $rate } कर शामिल है।
shop-empty = अभी बेचने को कुछ नहीं है
shop-empty-more = सूची सप्लायर की सूची से अपने आप भरती है। कृपया कुछ मिनट बाद फिर देखें।
shop-lost = ऐसा कुछ यहाँ नहीं है
shop-lost-more = पते के पहले दो अंक लिखकर देखें, जैसे 103.181, या एक साथ कम शर्तें रखें।
shop-pages = पन्ने
shop-page = पन्ना { $page }, कुल { $last }
shop-before = पिछले
shop-next = और सर्वर

## एक सर्वर

card-term = { $days ->
    [one] { $days } दिन के लिए
   *[other] { $days } दिनों के लिए
}
card-order = चुनें
card-gone = सप्लायर के पास और आते ही फिर मिलेगा।
add-to-cart = कार्ट में डालें
stock-plenty = स्टॉक में
stock-few = { $count ->
    [one] आख़िरी बचा है
   *[other] { $count } बचे हैं
}
stock-gone = जल्द फिर मिलेगा
block-exactly = आपका पता ठीक { $address } होगा
block-starts = आपका पता { $head } से शुरू होगा
block-between = आपका पता { $low } और { $high } के बीच होगा
block-form = आपका पता { $form } जैसा होगा
block-in = आपका पता { $range } में होगा
block-in-several = आपका पता { $ranges } या { $last } में होगा
block-nothing = किसी ख़ास पते का वादा नहीं है
product-title = सर्वर
product-description = { $least ->
    [1] { $block }। 1 से { $most } GB मेमोरी, { $days } दिनों के लिए { $price } से। आपको दिखाने से पहले जाँचा हुआ, या पैसे वापस।
   *[other] { $block }। { $least } से { $most } GB मेमोरी, { $days } दिनों के लिए { $price } से। आपको दिखाने से पहले जाँचा हुआ, या पैसे वापस।
}
product-total = { $days ->
    [one] { $days } दिन के लिए
   *[other] { $days } दिनों के लिए
}
product-no-script = मेमोरी बदली? “लागू करें” दबाने पर उसकी कीमत दिखेगी।
product-held = आपके भुगतान करने तक सर्वर आपके लिए रखा रहता है। अगले पन्ने से पहले कोई पैसा नहीं लिया जाता।
product-guest = आपने जो चुना है वह चुना रहेगा। रकम फिर से दिखाए बिना कोई पैसा नहीं लिया जाता।
sign-up-and-order = खाता बनाकर ऑर्डर करें
have-account = मेरा खाता है
order-and-pay = ऑर्डर और भुगतान करें
busy-reserving = रखा जा रहा है…
use-wallet = मेरे वॉलेट से: { $amount } तक
code-example = अगर आपके पास हो
code-apply = लागू करें
promise-title = आप किस पर भरोसा कर सकते हैं
promise-bought = हम यही पैकेज ख़रीदते हैं, कोई और नहीं
promise-bought-more = पैकेज { $pid }, आपके लिए, एक बार। इसकी जगह कुछ “मिलता-जुलता” नहीं दिया जाता।
promise-check = जो आया, उसे हम जाँचते हैं
promise-check-more = पता { $block } में होना चाहिए, और मेमोरी व सिस्टम वही जो आपने चुने। आपसे पहले हम देखते हैं।
promise-or-money = ठीक वही, या आपके पैसे
promise-or-money-more = जो सर्वर आपके ऑर्डर जैसा न हो, वह आपको कभी नहीं दिया जाता।
promise-hand-who = इसे हमारा स्टाफ़ देता है
promise-hand-who-more = यह सर्वर हमारा स्टाफ़ हाथ से तैयार करता है, आपके भुगतान के बाद { $due } के भीतर। कब तक मिलेगा, यह ऑर्डर के पन्ने पर दिखता है।
promise-hand-check = वे जो देते हैं, उसे हम जाँचते हैं
promise-hand-check-alone = यह पता किसी और का नहीं है।
promise-hand-check-block = यह पता किसी और का नहीं है, और { $block } में है।

## कीमत

bill-server = सर्वर
bill-servers = { $count ->
    [one] { $count } सर्वर
   *[other] { $count } सर्वर
}
bill-setup = सेटअप, एक बार
bill-code = कोड { $code }
bill-codes = कोड
bill-included = { $tax }, शामिल
bill-rounded = पूर्णांकन

## जो आड़े आया

refused-head = यह नहीं हो पाया:
refused-nothing = कुछ भी ऑर्डर नहीं हुआ और कोई पैसा नहीं लिया गया।
refused-others = दूसरे सर्वर देखें
refused-out-of-stock = इसका कोई सर्वर बेचने को नहीं बचा; कोई दूसरा चुनें
refused-unavailable = यह अभी बिक्री में नहीं है; कोई दूसरा चुनें
refused-selling-stopped = दुकान अभी ऑर्डर नहीं ले रही है; बाद में फिर कोशिश करें
refused-too-many-reservations = आपके पास उतने बिना भुगतान वाले ऑर्डर हैं जितने रखे जा सकते हैं; पहले किसी का भुगतान करें या उसे रद्द करें
refused-invalid-coupon = यह कोड यहाँ नहीं चलता; इसे हटा दें या कोई दूसरा लिखें
refused-invalid-memory = यह मेमोरी का कोई आकार नहीं है; दिखाए गए आकारों में से चुनें
refused-memory-not-offered = यह इस मेमोरी के साथ नहीं मिलता; दिखाए गए आकारों में से चुनें
refused-invalid-os = यह सिस्टम नहीं मिलता; दिखाए गए सिस्टमों में से चुनें
refused-product-mismatch = इस प्रविष्टि में कुछ गड़बड़ है; स्टाफ़ को बता दिया गया है, कोई दूसरा चुनें
refused-cart-full = कार्ट भर गया है; पहले उसमें जो है उसे ऑर्डर करें
refused-cart-changed = आपके देखने के बाद कार्ट या उसकी कीमतें बदल गई हैं; फिर से देखें

## कार्ट

cart-title = आपका कार्ट
cart-empty = इसमें अभी कुछ नहीं है
cart-empty-more = दुकान से जितने चाहें उतने सर्वर चुनें। सबका भुगतान एक साथ होता है।
cart-look = सर्वर देखें
cart-stays = आपका कार्ट जैसा है वैसा रहेगा। कृपया बाद में फिर देखें।
cart-lines = इसमें क्या है
cart-what = { $size } मेमोरी, { $system }, { $term }
any-system = कोई भी सिस्टम
cart-term = { $days ->
    [one] { $days } दिन
   *[other] { $days } दिन
}
cart-each = हर एक { $price }
cart-each-less = हर एक { $price }, { $less } कम
cart-take = { $count } लें
cart-other-size = दूसरी मेमोरी चुनें
cart-how-many = कितने
cart-update = बदलें
cart-remove = हटाएँ
cart-together = सब मिलाकर
cart-to-pay = देय रकम
cart-without = { $count ->
    [one] उसके बिना
   *[other] उनके बिना
}
cart-taxed = कर इनवॉइस के लिए दिए गए आपके पते के अनुसार है।
cart-address = पता बदलें
cart-tax-guest = आपके पते से कर बदल सकता है। साइन इन करने के बाद आप पता दे सकते हैं।
cart-in-the-way = { $count ->
    [one] एक चीज़ आड़े आ रही है। आगे बढ़ने के लिए उसे ठीक करें या हटा दें।
   *[other] { $count } चीज़ें आड़े आ रही हैं। आगे बढ़ने के लिए उन्हें ठीक करें या हटा दें।
}
cart-pay-by = भुगतान का तरीका
cart-held = आपके भुगतान करने तक या तो सब आपके लिए रखे रहते हैं, या कोई नहीं। अगले पन्ने से पहले कोई पैसा नहीं लिया जाता।
cart-guest = ऑर्डर करने के लिए खाता बनाएँ या साइन इन करें। आपका कार्ट साथ आएगा।
cart-another = एक और सर्वर जोड़ें
trouble-unpublished = यह अब नहीं बिकता
trouble-unpublished-do = इसे हटा दें और दुकान में कोई दूसरा देखें।
trouble-size = यह अब इस मेमोरी के साथ नहीं मिलता
trouble-size-do = दूसरी मेमोरी चुनें और इसे हटा दें।
trouble-unavailable = यह अभी उपलब्ध नहीं है
trouble-unavailable-do = कुछ मिनट बाद फिर कोशिश करें, या बाकी ऑर्डर करने के लिए इसे हटा दें।
trouble-sold-out = यह बिक चुका है
trouble-sold-out-do = सप्लायर के पास और आते ही यह फिर मिलेगा। बाकी ऑर्डर करने के लिए इसे हटा दें।
trouble-fewer = { $left ->
    [one] सिर्फ़ { $left } बचा है
   *[other] सिर्फ़ { $left } बचे हैं
}
trouble-fewer-do = जितने हैं उतने लें, या इसे हटा दें।
trouble-code-do = कोड हटा दें, या कोई दूसरा लिखें।

## साइन इन और नया खाता

word-email = ईमेल पता
word-password = पासवर्ड
word-name = आपका नाम
password-hint = कम से कम 10 अक्षर। कुछ शब्दों का मेल अच्छा रहता है।
login-forgot = पासवर्ड भूल गए?
login-new = यहाँ नए हैं?
signup-then = फिर हम आपके ऑर्डर पर आगे बढ़ेंगे।
signup-known = आपका खाता है?
busy-signing-in = साइन इन हो रहा है…
busy-signing-up = आपका खाता बन रहा है…
refused-wrong-sign-in = ईमेल पता या पासवर्ड ग़लत है; फिर कोशिश करें
refused-too-many-requests = बहुत बार कोशिश की गई; थोड़ी देर रुककर फिर कोशिश करें
refused-invalid-email = यह ईमेल पता नहीं है; इसे a@b.in की तरह लिखें
refused-unacceptable-password = यह पासवर्ड नहीं चलेगा; कम से कम 10 ऐसे अक्षर लिखें जिनका अंदाज़ा लगाना आसान न हो
refused-invalid-text = इसे नाम की तरह नहीं रखा जा सकता; एक पंक्ति में सीधा लिखें

## भुगतान के बाद

way-card = कार्ड, Stripe से
way-simulated = नक़ली गेटवे
return-title = आपका भुगतान
return-paid = आपका भुगतान मिल गया
return-paid-server = आपका सर्वर तैयार किया जा रहा है।
return-paid-servers = आपके सर्वर तैयार किए जा रहे हैं।
return-paid-wallet = रकम आपके वॉलेट में है।
return-waiting = आपका भुगतान रास्ते में है
return-waiting-more = गेटवे ने अभी इसकी पुष्टि नहीं की है। इसमें कुछ मिनट लग सकते हैं; हम पूछते रहते हैं, और पुष्टि होते ही यह पन्ना बता देगा। कृपया दोबारा भुगतान न करें।
return-failed = भुगतान नहीं हो पाया
return-failed-nothing = कोई पैसा नहीं लिया गया।
return-failed-server = हो सकता है आपका सर्वर अब भी आपके लिए रखा हो: ऑर्डर के पन्ने से फिर कोशिश करें।
return-failed-servers = हो सकता है आपके सर्वर अब भी आपके लिए रखे हों: उनके पन्ने से फिर कोशिश करें।
return-failed-wallet = अपने वॉलेट से फिर कोशिश करें।
return-unknown = हम इस भुगतान को नहीं जानते
return-unknown-more = हो सकता है यह किसी और दुकान का हो, या लिंक अधूरा हो। अगर आपके खाते से पैसे कटे हैं तो हमारे स्टाफ़ को लिखें: वे उसे ढूँढ लेंगे।
return-number = भुगतान
return-again = फिर कोशिश करें
return-see = ऑर्डर देखें
return-see-wallet = वॉलेट देखें
return-sign-in = पहले साइन इन करने को कहा जाएगा।

## किए हुए का नतीजा

said-welcome = स्वागत है। आपका खाता तैयार है।
said-signed-out = आप साइन आउट हो गए हैं।
said-address-saved = पता सहेज लिया गया। अब से ऑर्डरों पर उसी के अनुसार कर लगेगा।
said-account-closed = खाता बंद कर दिया गया। उसका केवल हिसाब-किताब बचा है।
said-brand-saved = सहेज लिया गया। अब से ग्राहक यही देखेंगे।
said-in-cart = यह आपके कार्ट में है।
said-cart-changed = आपका कार्ट बदल दिया गया।
said-cart-capped = कार्ट में एक तरह के अधिक से अधिक दस आते हैं। ज़्यादा होते, इसलिए अब दस हैं।
said-out-of-cart = इसे कार्ट से निकाल दिया गया।
said-renamed = नोट कर लिया।
said-password-changed = आपका पासवर्ड बदल गया। बाकी सभी सत्र समाप्त हो गए।
said-link-sent = मेल भेज दी गई है। उसमें दिया लिंक एक दिन के भीतर खोलें।
said-address-proven = धन्यवाद। अब हमें पता है कि हमारी मेल आप तक पहुँचती है।
said-reset-sent = मेल भेज दी गई है। उसमें दिया लिंक आधे घंटे तक चलता है।
said-password-reset = आपका पासवर्ड बदल गया और सभी सत्र समाप्त हो गए। नए पासवर्ड से साइन इन करें।
said-second-factor-off = दूसरा चरण बंद है: अब सिर्फ़ पासवर्ड से खाता खुलता है।
said-staff-guarded = अब स्टाफ़ के लिए दूसरा चरण ज़रूरी है। जिसके पास नहीं है, वह सिर्फ़ उसे चालू कर सकता है।
said-staff-trusted = अब स्टाफ़ के लिए दूसरा चरण ज़रूरी नहीं है।
said-session-ended = वह सत्र समाप्त हो गया।
said-others-ended = बाकी सभी सत्र समाप्त हो गए।
said-key-revoked = कुंजी रद्द कर दी गई, अब वह कुछ नहीं खोलती।
said-refund-chosen = नोट कर लिया: आपके पैसे आपको वापस जा रहे हैं। आपको और कुछ नहीं करना है।
said-wait-chosen = नोट कर लिया: हम देखते रहेंगे। आप बाद में भी पैसे वापस चुन सकते हैं।
said-cancelled = ऑर्डर रद्द कर दिया गया। कोई पैसा नहीं लिया गया।
said-checkout-cancelled = जिनका भुगतान नहीं हुआ था, वे रद्द कर दिए गए। उनके लिए कोई पैसा नहीं लिया गया।
said-payment-opened = भुगतान शुरू किया जा रहा है। ख़बर मिलते ही यह पन्ना दिखाएगा।
said-top-up-opened = भुगतान शुरू है। भुगतान करें, गेटवे को मिलते ही रकम आपके वॉलेट में होगी।
said-topped-up = धन्यवाद। रकम आपके वॉलेट में है।
said-credited = अब रकम आपके वॉलेट में है।
said-asked = कह दिया गया है। आगे क्या होता है, यह पेज दिखाता है।
said-busy = इस सर्वर पर पहले ही कुछ किया गया है, इसलिए और कुछ नहीं कहा गया। नीचे देखें।
said-marked-paid = भुगतान दर्ज कर लिया गया।
said-delivered-by-hand = दे दिया गया। ग्राहक को मिल गया है और मेल से बताया जा रहा है।
said-done = हो गया, और दर्ज कर लिया गया।
said-sent-again = यह फिर से भेजी जा रही है।
said-synced = सूची ताज़ा कर दी गई।
said-paused = ख़रीद रुकी हुई है। जो अनुरोध जा चुके हैं, वे चलते रहेंगे।
said-resumed = ख़रीद फिर चल रही है।
said-selling-stopped = दुकान नए ऑर्डर नहीं ले रही है। जिनका भुगतान हो चुका है, उन पर काम चल रहा है।
said-selling-started = दुकान फिर ऑर्डर ले रही है।
said-lie-told = अगली बार जिस पर यह लागू हो, उससे झूठ बोला जाएगा। अब कुछ ख़रीदें और देखें।
said-honest = बाहर सब फिर सच बोल रहे हैं।
said-door-shut = सप्लायर तक पहुँचा नहीं जा सकता। कुछ ख़रीदें और देखें।
said-door-open = सप्लायर तक फिर पहुँचा जा सकता है।
