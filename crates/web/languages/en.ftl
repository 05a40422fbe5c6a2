# Everything that pages for customers say. Other languages have a file of the same keys.
# Lines that begin with a number sign are for whoever translates.

# The language as those who speak it call it.
language-name = English
# What ends a sentence that was put together.
full-stop = .

## Around every page

frame-skip = Skip to the content
frame-main = Main
frame-shop = Shop
frame-cart = Cart
frame-servers = My servers
frame-staff = Staff
frame-account = Your account, { $email }
sign-in = Sign in
sign-out = Sign out
sign-up = Sign up
acting-as = You see the shop as { $email }
acting-until = until { $time }
acting-end = End it
foot-promise = Every paid order ends as the exact server that was sold, checked before you see it, or as money back.
foot-times = Times are those of { $zone }.
foot-language = Language
foot-legal = What holds here
foot-support = Support: { $email }
legal-before = Before you order and pay:
legal-since = Holds since { $day }.
legal-terms = Terms
legal-privacy = Privacy
legal-refunds = Refunds and cancellations
legal-imprint = Imprint
demo-name = Demo
demo-strip = Demo.
demo-words = Nothing here is real.
demo-link = Make the upstream lie

## Words that stand alone

word-memory = Memory
word-system = System
word-code = Code
any-system-choice = Any: the fastest choice
time-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
time-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
time-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}

## The shop's window

shop-title = Servers
# Beside the shop's name, in the window's title.
shop-name-and-promise = { $name }: servers that are exactly what you ordered
shop-description = Virtual servers with an address from the block you pick. We check the address before you see it: exactly that, or your money back.
shop-hero = Pick a block. Get exactly that.
shop-lead = We check the address of your server before you see it. If it is not from the block you picked, you never get it: you get the right one, or your money back.
shop-stopped = The shop takes no orders at the moment.
shop-stopped-more = Orders that are paid go on. Please look again later.
shop-unsure = We are waiting for the provider's stock list.
shop-unsure-more = Until we know what is there we sell nothing. Please look again in a few minutes.
shop-search-label = Search by name or address
shop-search-example = Search: 103.181
shop-search = Search
shop-filter = Filter and sort
shop-any-size = Any size
shop-most = At most, in { $currency }
shop-order = First
order-name = By name
order-cheapest = The cheapest
order-dearest = The dearest
shop-only-in-stock = Only what is in stock
shop-grouped = In groups
shop-show = Show
shop-tags = Groups
shop-found = { $count ->
    [one] 1 server of { $all }.
   *[other] { $count } servers of { $all }.
}
shop-show-all = Show all servers
shop-others = Others
shop-tax = Prices are without { $rate } tax. Each server's page shows yours with it.
shop-tax-included = Prices include { $rate } tax.
shop-empty = Nothing is for sale yet
shop-empty-more = The catalogue fills itself from the provider's list. Please look again in a few minutes.
shop-lost = Nothing like that is here
shop-lost-more = Try the first two numbers of an address, such as 103.181, or ask for less at once.
shop-pages = Pages
shop-page = Page { $page } of { $last }
shop-before = Before
shop-next = More servers

## A product

card-term = { $days ->
    [one] For 1 day
   *[other] For { $days } days
}
card-order = Choose
card-gone = Back as soon as the provider has more.
add-to-cart = Add to cart
stock-plenty = In stock
stock-few = { $count ->
    [one] The last one
   *[other] { $count } left
}
stock-gone = Back soon
block-exactly = Your address is exactly { $address }
block-starts = Your address starts with { $head }
block-between = Your address lies between { $low } and { $high }
block-form = Your address has the form { $form }
block-in = Your address lies in { $range }
block-in-several = Your address lies in { $ranges } or { $last }
block-nothing = No particular addresses are promised
product-title = Server
product-description = { $least ->
    [1] { $block }. 1 to { $most } GB of memory, from { $price } for { $days } days. Checked before you see it, or your money back.
   *[other] { $block }. { $least } to { $most } GB of memory, from { $price } for { $days } days. Checked before you see it, or your money back.
}
product-total = { $days ->
    [one] For 1 day
   *[other] For { $days } days
}
product-no-script = Chose another size? Apply shows its price.
product-held = We hold the server for you while you pay. Nothing is charged before the next page.
product-guest = What you chose stays chosen. Nothing is charged before you have seen the sum again.
sign-up-and-order = Sign up and order
have-account = I have an account
order-and-pay = Order and pay
busy-reserving = Reserving…
use-wallet = Use my wallet: up to { $amount } of it
code-example = If you have one
code-apply = Apply
promise-title = What you can rely on
promise-bought = We buy this package and no other
promise-bought-more = Package { $pid }, for you, once. Nothing “similar” is put in its place.
promise-check = We check what came
promise-check-more = The address must lie in { $block }, with the memory and the system you chose. We look before you do.
promise-or-money = Exactly that, or your money
promise-or-money-more = A server that is not what you ordered is never handed to you.
promise-hand-who = A person delivers it
promise-hand-who-more = Our staff set up this server by hand, within { $due } of your payment. You see by when on the order's page.
promise-hand-check = We check what they deliver
promise-hand-check-alone = The address is nobody else's.
promise-hand-check-block = The address is nobody else's, and lies in { $block }.

## What something costs

bill-server = Server
bill-servers = { $count ->
    [one] 1 server
   *[other] { $count } servers
}
bill-setup = Setup, once
bill-code = Code { $code }
bill-codes = Codes
bill-included = { $tax }, included
bill-rounded = Rounded

## What stood in the way

refused-head = This did not work:
refused-nothing = Nothing was ordered and nothing was charged.
refused-others = Look at the other servers
# Of these English pages say more, as the shop itself tells it.
refused-out-of-stock = no server of it is left to sell; choose another
refused-unavailable = it is not for sale at the moment; choose another
refused-selling-stopped = the shop takes no orders at the moment; try again later
refused-too-many-reservations = you hold as many unpaid orders as one may; pay or cancel one first
refused-invalid-coupon = this code does not count here; leave it out or try another
refused-invalid-memory = this is no memory size; choose one of those shown
refused-memory-not-offered = it is not offered with this memory; choose one of those shown
refused-invalid-os = this system is not offered; choose one of those shown
refused-product-mismatch = something is wrong with this entry; our staff have been told, choose another
refused-cart-full = the cart is full; order what is in it first
refused-cart-changed = your cart or its prices have changed since you looked; look again

## The cart

cart-title = Your cart
cart-empty = Nothing is in it yet
cart-empty-more = Choose servers in the shop, as many as you like. You pay for all of them at once.
cart-look = Look at the servers
cart-stays = Your cart stays as it is. Please look again later.
cart-lines = What is in it
cart-what = { $size } memory, { $system }, { $term }
any-system = any system
cart-term = { $days ->
    [one] 1 day
   *[other] { $days } days
}
cart-each = { $price } each
cart-each-less = { $price } each, less { $less }
cart-take = Take { $count }
cart-other-size = Choose another size
cart-how-many = How many
cart-update = Update
cart-remove = Remove
cart-together = All together
cart-to-pay = To pay
cart-without = { $count ->
    [one] Without it
   *[other] Without them
}
cart-taxed = Taxed by your address for invoices.
cart-address = Change it
cart-tax-guest = Your address may change the tax. You can give it once you are signed in.
cart-in-the-way = { $count ->
    [one] One line stands in the way. Put it right, or remove it, to go on.
   *[other] { $count } lines stand in the way. Put them right, or remove them, to go on.
}
cart-pay-by = Pay by
cart-held = We hold all of them for you while you pay, or none. Nothing is charged before the next page.
cart-guest = Sign up or sign in to order. Your cart comes along.
cart-another = Add another server
trouble-unpublished = It is not sold any more
trouble-unpublished-do = Remove it, and look for another in the shop.
trouble-size = It is not offered with this memory any more
trouble-size-do = Choose another size, and remove this line.
trouble-unavailable = It is not available at the moment
trouble-unavailable-do = Try again in a few minutes, or remove it to order the rest.
trouble-sold-out = It is sold out
trouble-sold-out-do = It is back as soon as the provider has more. Remove it to order the rest.
trouble-fewer = { $left ->
    [one] Only one is left
   *[other] Only { $left } are left
}
trouble-fewer-do = Take as many as there are, or remove it.
trouble-code-do = Take the code off, or try another.

## Signing in and up

word-email = Email address
word-password = Password
word-name = Your name
password-hint = At least 10 characters. A few words are good.
login-forgot = Forgot the password?
login-new = New here?
signup-then = Then we go on with your order.
signup-known = You have an account?
busy-signing-in = Signing in…
busy-signing-up = Making your account…
refused-wrong-sign-in = the email address or the password is wrong; try again
refused-too-many-requests = too many attempts; wait a while and try again
refused-invalid-email = this is no email address; write it like a@b.in
refused-unacceptable-password = this password will not do; use at least 10 characters that are not easy to guess
refused-invalid-text = this cannot be used as a name; write it plainly on one line

## Coming back from paying

way-card = Card, by Stripe
way-simulated = Simulated gateway
return-title = Your payment
return-paid = We received your payment
return-paid-server = Your server is being built.
return-paid-servers = Your servers are being built.
return-paid-wallet = It is in your wallet.
return-waiting = Your payment is on its way
return-waiting-more = The gateway has not confirmed it yet. That can take some minutes; we keep asking, and this page tells you as soon as it has. Please do not pay again.
return-failed = The payment did not go through
return-failed-nothing = Nothing was taken.
return-failed-server = Your server may still be held for you: try again from the order's page.
return-failed-servers = Your servers may still be held for you: try again from their page.
return-failed-wallet = Try again from your wallet.
return-unknown = We do not know this payment
return-unknown-more = It may belong to another shop, or the link is incomplete. If money has left your account, write to our staff: they will find it.
return-number = Payment
return-again = Try again
return-see = See the order
return-see-wallet = See the wallet
return-sign-in = You are asked to sign in first.

## What came of a deed

said-welcome = Welcome aboard. Your account is ready.
said-signed-out = You are signed out.
said-address-saved = The address is saved. Orders from now on bear its tax.
said-account-closed = The account is closed. What is left of it are the books.
said-brand-saved = Saved. Customers see it from now on.
said-in-cart = It is in your cart.
said-cart-changed = Your cart is changed.
said-cart-capped = A cart holds ten of one kind at most. There would have been more, so it holds ten now.
said-out-of-cart = It is out of your cart.
said-renamed = Noted.
said-password-changed = Your password is changed. All other sessions have ended.
said-link-sent = A mail is on its way. Open the link in it within a day.
said-address-proven = Thank you. We know now that our mail reaches you.
said-reset-sent = A mail is on its way. The link in it holds for half an hour.
said-password-reset = Your password is changed, and all sessions have ended. Sign in with the new one.
said-second-factor-off = Your second factor is off: the password alone opens your account.
said-staff-guarded = Staff need a second factor now. Whoever has none may only set one up.
said-staff-trusted = Staff need no second factor any more.
said-session-ended = That session has ended.
said-others-ended = All other sessions have ended.
said-key-revoked = The key is revoked and opens nothing any more.
said-refund-chosen = Noted: your money goes back to you. You need not do anything else.
said-wait-chosen = Noted: we keep looking. You can still choose your money later.
said-refund-asked = Asked for. A person reads it and answers by mail.
said-refund-declined = Declined. The customer reads why, by mail and on the order's page.
said-cancelled = The order is cancelled. Nothing was paid.
said-checkout-cancelled = What was not paid is cancelled. Nothing was taken for it.
said-payment-opened = A payment is being opened. This page shows it as soon as there is news.
said-top-up-opened = The payment is open. Pay it, and it is in your wallet as soon as the gateway has it.
said-topped-up = Thank you. It is in your wallet.
said-credited = It is in your wallet now.
said-asked = Asked for. This page shows what becomes of it.
said-busy = Something was done to this server already, so nothing else was asked for. Look below.
said-marked-paid = The payment is booked.
said-delivered-by-hand = Delivered. The customer has it, and mail tells them.
said-done = Done, and written down.
said-sent-again = It leaves once more.
said-synced = The catalogue was synced.
said-paused = Purchasing is paused. Requests that have left already go on.
said-resumed = Purchasing goes on.
said-selling-stopped = The shop takes no new orders. Paid ones go on.
said-selling-started = The shop takes orders again.
said-lie-told = The next one that it fits will be lied to. Now buy something and watch.
said-honest = Everybody outside is honest again.
said-door-shut = The provider cannot be reached. Buy something and watch.
said-door-open = The provider can be reached again.

## Dates

# The names of months in a date.
month = { $number ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
# A day of this year; the year is there for languages that want it all the same.
date-of-year = { $year ->
   *[other] { $day } { $month }
}
date-whole = { $day } { $month } { $year }
left-minutes = { $count ->
    [one] 1 minute left
   *[other] { $count } minutes left
}
left-hours = { $count ->
    [one] 1 hour left
   *[other] { $count } hours left
}
left-days = { $count ->
    [one] 1 day left
   *[other] { $count } days left
}
left-none = time is over

## Words of several pages

word-address = Address
word-amount = Amount
word-balance = Balance
word-command = Command
word-done = Done
word-order = Order
word-ordered = Ordered
word-payment = Payment
word-price = Price
word-total = Total
word-user = User
word-what = What
word-when = When
copy = Copy
copied = Copied
more = More
go-shop = Go to the shop
your-server = Your server
yours-until = Yours until
tab-account = Account
tab-wallet = Wallet
tab-statement = Statement

## One's servers and orders

servers-none = No server yet
servers-none-more = Pick a block and a size; a server is usually ready within minutes.
servers-find = Address, name or order number
servers-all = Show all
servers-which = Which servers
servers-nothing = Nothing here
servers-nothing-more = None of your servers and orders fits this.
servers-older = Older orders
filter-all = All
filter-over = Over
badge-paying = Payment under way
badge-pay-failed = Payment failed
badge-to-pay = To pay
badge-building = Being built
badge-ready = Ready
badge-held = A person looks after it
badge-refund = Money goes back
badge-back = Money is back
badge-never-paid = Never paid
badge-over = Time is over
badge-suspended = Suspended

## An order

order-title = Order { $number }
order-what = What you ordered
order-unproven = We do not know yet whether our mail reaches you at { $email }. Open the link that we sent there. Your order goes on in any case.
order-link-again = Have it sent again
# As programs read it in English; the number is the provider's.
receipt = You ordered: { $product } (Package ID: { $pid })
head-unpaid = Waiting for your payment
head-unpaid-more = Your server is held for you.
head-reservation-over = The reservation has ended
head-reservation-over-more = Nothing was paid. If there is stock you can still pay and get it.
head-cancelled = This order was cancelled
head-cancelled-more = Nothing was paid.
head-building = We are building your server
head-building-more = This page moves by itself. You may close it; the work goes on.
head-installing-more = The address is right. What is left is the system.
head-replacing = A new server is being built
head-replacing-more = The one you have stays yours until the new one is ready.
head-ready = Your server is ready
head-ready-more = It is exactly what you ordered. We checked before you saw it.
head-held = A person looks after your order
head-held-more = You will get exactly what you ordered, or your money back.
head-refund = Your money goes back to you
head-refund-more = We owe you { $amount } and are sending it. You need not do anything.
head-refunded = Your money is back with you
head-refunded-more = { $amount } was returned.
head-over = The time you paid for is over
head-over-more = The server was given back.

## The steps of an order, and what each says

build-done = Steps: { $done } of { $all } done
step-paid = Paid
step-reserved = Reserved
step-bought = Bought
step-address = Address checked
step-system = System installed
step-ready = Ready
mark-done = Done
mark-now = Happening now
mark-later = Still to come
mark-held = Held: a person looks after it
mark-off = Not done
build-paid = We received { $amount }.
build-reserved = One server was set aside for you.
build-sold = The provider sold us a server.
build-handed = The provider handed us a server.
build-address = Its address lies in { $block }, as you ordered.
build-address-any = Its address is nobody else's.
build-installed = { $system } is installed, and the memory is right.
build-installed-any = The system is installed, and the memory is right.
build-yours = Your server is yours. Its sign-in is behind one button.
build-waiting = Waiting for { $amount }.
build-reserving = We look whether the provider has your server, and set one aside.
build-asked = We asked for your server, once. An answer can take up to three minutes.
build-installing = { $system } is being installed. This takes a few minutes at most.
build-installing-any = The system is being installed. This takes a few minutes at most.
build-handing = Everything is right. We are handing it over.
build-slow = This takes longer than usual. We keep trying; if it cannot be done, you get your money back.
build-by-hand = A person of ours delivers this server by hand, by { $due }.
build-by-hand-late = A person of ours delivers this server by hand. It is late; we are sorry. You get it, or your money back.
held-reservation-over = It was not paid in time, so the server is free for others again.
held-cancelled = You cancelled before paying.
held-unheard = The provider has not told us clearly whether it sold us your server. We asked once and do not ask twice before we know, because a second request could buy a second server. A person is finding out.
held-wrong-address = It was not from { $block }, so you will not get it. That is our loss, not yours.
held-wrong-rest = Its memory or its system is not what you ordered, so you will not get it. That is our loss, not yours.
held-wrong = It is not what you ordered, so you will not get it. That is our loss, not yours.
held-unproven = We cannot prove by ourselves that this server is what you bought, so a person compares it first.
held-late = The server is there, but its sign-in is late. We keep asking, and a person looks after it.
held-unrevived = Your payment came after the reservation had ended, and the server was gone by then. Nothing was bought.
held-refund = This was called off; the money goes back.
stopped-rejected = The provider refused to sell. Nothing was bought.
stopped-no-stock = The provider has none left at the moment. Nothing was bought.
stopped-gone = The provider has taken this server off its list. Nothing was bought.
stopped-away = We could not reach the provider. Nothing was bought.
stopped-unsure = The provider's list no longer says for sure that we would get { $block }, so we did not buy.

## Paying an order

busy-opening = Opening…
busy-taking = Taking it…
busy-moving = Moving it…
pay-amount = Pay { $amount }
pay-anew = Reserve again and pay { $amount }
pay-again = Pay { $amount } again
pay-unsure = Your payment is being looked up.
pay-unsure-more = The gateway has not told us yet whether it opened one. We keep asking; please do not pay twice.
pay-another = Start another payment
pay-failed = The payment did not go through.
pay-failed-more = Nothing was taken. Try again, or another way to pay.
pay-by-bank = { $amount } is due by bank transfer.
pay-name-one = Name the order's number with it.
pay-name-all = Name the numbers of all orders with it.
pay-booked = We start as soon as our staff have booked it.
pay-way = Another way to pay
pay-this-way = Pay this way
pay-from-wallet = Pay { $amount } from your wallet
pay-some-from-wallet = Use { $amount } of your wallet
pay-aside = { $amount } of your wallet is set aside for it, and comes back if you do not pay the rest.
pay-aside-many = { $amount } of your wallet is set aside for them, and comes back if you do not pay the rest.
pay-held = Held for you until { $until }.
pay-cancel = Cancel this order
pay-cancel-many = Cancel what is not paid
go-title = Pay
go-words = You pay on the page of our payment partner, and come back here afterwards.
go-on-to-pay = Go on to pay
owed-title = We owe you { $amount }
owed-words = Our staff send it back to you by hand. You can also have it in your wallet, now, and pay with it.
owed-to-wallet = Put it in my wallet
choose-title = You can choose
choose-words = Your money back now, or wait while we find out. If the server turns up later and you chose your money, it is our loss, not yours.
choose-refund = Refund me now
choose-wait = I'll wait
# Asking for money back, and what was answered.
refund-link = Ask for your money back
refund-title = Your money back
refund-lead = A person of our staff reads this, looks at your order, and answers by mail. Until then nothing changes: a server that is yours runs on. It ends when all of the money goes back.
refund-reason = Why would you like it back?
refund-reason-hint = A sentence or two, at most 500 characters.
refund-ask = Ask for my money back
refund-asking = Asking…
refund-leave = Leave it as it is
refund-asked = You asked for your money back
refund-asked-more = Asked: { $at }. A person reads it and answers by mail.
refund-given = Money goes back to you
refund-given-more = Asked: { $asked }. Decided: { $at }. A mail says how much as soon as it leaves.
refund-declined = No money goes back
refund-declined-more = Asked: { $asked }. Answered: { $at }. In the words of our staff:

## The server is there

proof-title = The proof
proof-sold = Sold
proof-delivered = Delivered
proof-checked = Checked at
proof-sign-in = Show the sign-in
proof-server = To the server
sign-in-title = Sign-in of your server
sign-in-lead = Keep it to yourself, and change the password after the first sign-in. This look was written down.
connect-title = How to connect
connect-windows = { $system } is reached by Remote Desktop. On Windows press the Windows key and R, type the command, and sign in with the user and the password above.
connect-ssh = { $system } is reached by SSH. Type this in a terminal; you are asked for the password above.
connect-file = Remote Desktop file

## What was ordered together

checkout-title = Ordered together
checkout-apart = From here on each server is an order of its own, with its own page and its own invoice.
many-unsure = Your payment is being looked up
many-unsure-more = The gateway has not told us yet. We keep asking.
many-failed = The payment did not go through
many-failed-more = Nothing was taken, and your servers are still held.
many-waiting-more = { $count ->
    [one] One payment for all. We hold one server for you.
   *[other] One payment for all. We hold { $count } servers for you.
}
many-late = The time to pay is over
many-late-more = They are not held any more. You can reserve them anew.
many-cancelled = This was never paid
many-cancelled-more = Nothing was taken, and nothing is held.
many-refund-more = The page of each server says why.
many-done = Everything is ready
many-building = Your servers are being built
many-thanks = Thank you.
# So many of all are it; $rest are not.
many-ready = { $rest ->
    [0] { $all ->
        [one] It is ready.
       *[other] All { $all } are ready.
    }
   *[other] { $count ->
        [0] None is ready yet.
        [one] One of { $all } is ready.
       *[other] { $count } of { $all } are ready.
    }
}
many-paid = { $rest ->
    [0] { $all ->
        [one] It is paid for already.
       *[other] All { $all } are paid for already.
    }
   *[other] { $count ->
        [one] One of { $all } is paid for already.
       *[other] { $count } of { $all } are paid for already.
    }
}
many-unpaid = { $rest ->
    [0] { $all ->
        [one] It is not paid for, and not built.
       *[other] All { $all } are not paid for, and not built.
    }
   *[other] { $count ->
        [one] One of { $all } is not paid for, and not built.
       *[other] { $count } of { $all } are not paid for, and not built.
    }
}
many-back = { $count ->
    [one] The money for one server goes back to you.
   *[other] The money for { $count } servers goes back to you.
}

## Papers

papers-title = Invoices
papers-of-order = Papers
papers-none = No invoice yet
papers-none-more = Every payment of an order has its invoice here within a minute.
papers-older = Older invoices
papers-waiting = The invoice is numbered within a minute after the payment.
paper-invoice = Invoice
paper-credit-note = Credit note
paper-receipt = Receipt { $number }

## A server

server-power = Power and system
server-asked = asked at
server-sign-in = Sign-in
server-windows = Windows is reached by Remote Desktop. The file opens it with the address filled in.
server-show = Show user and password
server-shown = They are shown on a page of their own. Each look is written down.
server-no-sign-in = There is no sign-in to show just now: it may have changed with the installation. It is shown again once the server has passed our check.
server-done = What was done
server-done-nothing = Nothing yet. Whatever you have done to this server is listed here.
server-what = What you have
server-no-buttons = This server cannot be started, stopped or installed from here. Write to us, and a person does it.
yours-since = Yours since
not-known = Not known
system-wanted = { $system } is to be on it
system-not-told = Not told
system-unknown = A system that we do not know
lamp-running = Running
lamp-stopped = Stopped
lamp-busy = Busy
lamp-busy-more = Its provider is still at work on it.
lamp-unknown-more = We asked its provider, and got no answer that tells.
lamp-asking = Asking…
lamp-asking-more = We are asking its provider.
lamp-cannot-ask = Its provider cannot be asked by us.
lamp-starting = Starting
lamp-stopping = Stopping
lamp-restarting = Restarting
lamp-installing = Being installed
do-start = Start
do-stop = Stop
do-restart = Restart
do-install = Install anew
do-install-anew = Install anew…
busy-starting = Starting…
busy-stopping = Stopping…
busy-restarting = Restarting…
busy-installing = Installing…
deed-start = Start
deed-stop = Stop
deed-restart = Restart
deed-change = Change to { $system }
deed-install = Installation anew with { $system }
deed-install-any = Installation anew
ended-not-yet = Under way
ended-refused = Refused
ended-not-sent = Not sent
ended-wrong = Not as asked
work-start = We are starting your server
work-stop = We are stopping your server
work-restart = We are restarting your server
work-install = We are installing your server anew
work-minutes = Asked for at { $asked }. It takes some minutes; you can close this page.
work-moment = Asked for at { $asked }. It takes a moment; you can close this page.
errand-chosen = System chosen
errand-wiped = Wiped and installed
errand-sign-in = New sign-in checked
errand-sign-in-more = Its provider makes a new password, which takes some minutes. You are shown it once the server has passed the same check as before its delivery.
errand-turn = Its turn comes in a moment.
errand-unheard-choice = No answer came. It may still come; until then nothing is wiped.
errand-unheard = No answer came. We look at the server itself to find out; nothing is asked twice.
errand-told = Its provider says that it did it. We look until the server shows it.
news-started = Your server is started
news-started-more = We have seen it running.
news-stopped = Your server is stopped
news-stopped-more = We have seen it stopped. It stays yours, and so does what is on it.
news-restarted = Your server is restarted
news-restarted-more = We have seen it stopped, and running again.
news-installed = Your server is installed anew
news-installed-more = { $system } is installed and checked. The old sign-in opens nothing any more.
news-installed-any = It is installed and checked. The old sign-in opens nothing any more.
news-refused = Its provider refused
news-not-sent = It was not sent
news-unknown = Nobody knows whether it was done
news-wrong = It is not what you asked for
news-wrong-more = It was installed, but something is not as it was asked for, so you are not shown its sign-in. Our staff know. You can also have it installed once more.
refused-at-start = It is stopped, and its provider refused to start it again. Press Start to try once more.
refused-at-install = The system was chosen, and its provider refused to install it. Nothing was wiped.
refused-at-once = Nothing was changed. Try again in some minutes, or write to us.
not-sent-at-start = It is stopped, and its provider could not be reached to start it. Press Start to try once more.
not-sent-at-install = The system was chosen, and its provider could not be reached to install it. Nothing was wiped.
not-sent-at-once = Its provider could not be reached. Nothing was changed; try again in some minutes.
unknown-choice = No answer came whether the system was chosen. Nothing was wiped. You can try again.
unknown-installed = Its provider says that it was installed, and tells no new sign-in. Our staff know. You can also have it installed once more.
unknown-wiped = No answer came, and the sign-in is still the old one: most likely nothing was wiped. Our staff know.
unknown-told = Its provider says that it did it, and the server does not show it. Our staff know. You can also try again.
unknown-unheard = No answer came, and the server does not show that it was done. Our staff know. You can also try again.
reinstall-lost = Everything on { $address } is lost:
reinstall-lost-more = files, settings, users. We keep no copy of it. The address and the time that you have paid for stay as they are.
reinstall-now = { $system } is installed now.
reinstall-same = { $system } again
reinstall-same-any = The same system again
reinstall-confirm = Type the server's address, to say that you mean it
reinstall-do = Wipe and install
reinstall-leave = Leave it as it is
reinstall-takes = It takes some minutes. A new password is made, and shown to you once the server was checked.
refused-not-confirmed = type exactly what is asked for, to say that you mean it

## One's account

account-title = Your account
link-send = Send the link
link-another = Have another one sent
busy-saving = Saving…
busy-changing = Changing it…
busy-closing = Closing…
busy-going-on = Going on…
own-who = Who you are
own-proven = Proven
own-unproven = Not proven
own-unproven-more = We do not know yet whether our mail reaches you. Open the link that we sent to { $email }.
own-send-again = Send it again
own-save-name = Save the name
own-leave = Take your data along, or close the account
own-other-email = Another email address
own-other-email-hint = It is yours once you have opened the link that we send there.
own-password-more = A new one ends all your other sessions.
own-password-now = The one you have
own-password-new = A new one
own-password-change = Change the password
password-new-title = A new password
password-new = New password
forgot-lead = We send a link to your address. It holds for half an hour.
forgot-no-mail = This shop has no mail server, so that no link can leave it. Ask the shop.
reset-lead = It ends all sessions: you sign in with it anew.
reset-set = Set the password
reset-over = This link was used, or is too old.
verify-title = Your email address
verify-lead = One press, and we know that our mail reaches you. If you have no account here, close this page.
verify-mine = This is my address
verify-over = This link was used, or is more than a day old.
sessions-title = Where you are signed in
sessions-end = End all others
session-this = This one
session-began = signed in
session-seen = last seen
session-end = End
session-unnamed = A program without a name

## A second factor

factor-word = Second factor
factor-title = A second factor
factor-code = Code
factor-on = On
factor-on-more = Whoever signs in also shows a code of your device.
factor-codes-left = { $count ->
    [0] No recovery code is left.
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
}
factor-code-to-change = A code, to change it
factor-new-codes = Make new recovery codes
factor-off = Switch it off
factor-needed = This shop asks its staff for a second factor. Set one up, and the staff's pages open.
factor-words = A code that your phone makes, asked for beside the password. Whoever learns your password alone then gets nowhere.
factor-set-up = Set it up
factor-device = 1. Your device
factor-scan = Scan this with an app that makes codes, or type the letters into it.
factor-square = The secret as a square to scan; the letters below say the same
factor-secret = The secret
factor-first = 2. Its first code
factor-first-more = Type the six figures that it shows now. From then on we ask for one at every sign-in.
factor-switch-on = Switch it on
codes-title = Recovery codes
codes-lead = Your second factor is on. Each of these gets you in once without your device. Print them or write them down: they are shown this once.
codes-done = I have them
code-title = Your code
code-lead = The password was right. Now the six figures that your device shows, or one of your recovery codes.
code-anew = Begin anew
prove-title = Is it still you?
prove-lead = You signed in a while ago. Before keys, money or the sign-in of a server are given out, we ask again. That holds for ten minutes.
prove-code = A code of your device
prove-code-hint = Or one of your recovery codes.
prove-password = Your password
prove-on = Go on
prove-demo = In the demo its panel signs you in anew:

## Keys for programs

keys-title = API keys
keys-lead = A key lets a program do what you may do.
keys-described = Everything that can be asked
keys-yours = Yours
keys-none = None yet.
keys-older = Older keys
key-all = May do all that you may do
key-made = made
key-used = last used
key-unused = never used
key-revoked = revoked
key-revoke = Revoke
key-make = Make a key
key-scopes = It may
key-scopes-hint = Tick what it needs. Without a tick it may do all that you may do.
key-title = Your new key
key-lead = Copy it now. It is shown this once; we keep only what lets us know it again.
key-word = Key
key-use = How to use it
key-may-all = It may do all that you may do. Whoever has it is you: keep it where you keep passwords.
key-may = It may { $scopes }. Nothing else.
scope-orders-read = see my orders
scope-orders-write = order, pay, and see my orders
scope-credentials-read = read how to sign in to servers
scope-catalogue-write = change and sync the catalogue
scope-admin-read = see what staff see
scope-admin-write = do what staff do

## A wallet

wallet-title = Your wallet
wallet-lead = What is in it pays for servers at once, wholly or in part. Money that we owe you can come here too.
wallet-now = In it now
wallet-nothing = Nothing has come in or gone out yet.
wallet-older = Older lines
wallet-paid-in = Paid in by
wallet-paid-for = Paid for
wallet-back = Back from
wallet-gift = From us:
wallet-open = On its way
wallet-not-paid = not paid as far as we know
wallet-unsure = the gateway has not told us whether it took it; we keep asking
wallet-pay-in = Pay in
wallet-no-way = No way to pay is open at the moment.
wallet-limits = From { $least } to { $most } at once.
wallet-when = It is in your wallet as soon as the gateway says that it has it. You get a receipt by mail.

## The address for invoices

billing-title = For invoices
billing-lead = Whom invoices name, and where. The place says which tax there is; orders that exist keep theirs.
billing-yours = Your address
billing-none = None yet. Until there is one, you are taxed as in the shop's own state.
billing-save = Save the address
party-name = Name, as invoices say it
party-street = Street
party-city = City
party-postcode = Postcode
party-state = State
party-abroad = Outside India
party-country = Outside India: the country's two letters
party-country-hint = Such as US or DE. Leave it empty in India.
party-gstin = GSTIN, where there is one
party-gstin-hint = Fifteen signs; the first two are the state's.
# Of these two English pages say more, as the shop itself tells it.
party-wrong-line = Write this plainly on one line; it is missing or too long.
party-wrong-gstin = This is no GSTIN, or it belongs to another state than the address.
party-wrong-place = Choose the state above, or write the country's two letters such as US.

## Leaving

leave-title = Your data, and leaving
leave-along = Take it along
leave-along-more = Everything that we keep about you, in one file that programs can read: the account, sessions, keys by their first letters, orders, invoices, every movement of money, and each mail that we sent. Passwords of servers are not in it; they are on each server's page.
leave-along-theirs = Everything that we keep about them, in one file that programs can read: the account, sessions, keys by their first letters, orders, invoices, every movement of money, and each mail that we sent. Passwords of servers are not in it; they are on each server's page.
leave-download = Download the file
leave-close = Close the account
leave-nothing = Nothing was changed.
leave-gone = Gone for good:
leave-gone-more = name, email address, billing address, sessions, API keys, second factor, cart, and the mails that we sent. The email address can sign up anew, as somebody whom we do not know.
leave-stays = What stays:
leave-stays-more = invoices and credit notes with the name and address that stand on them, and the ledger of orders and payments. Tax law asks for them: in India for at least six years after the year's return, and longer while a case is open. They are used for nothing else.
leave-given-up = I give up the { $amount } in the wallet. It is not paid out, and does not come back.
leave-given-up-theirs = They give up the { $amount } in the wallet. It is not paid out, and does not come back.
leave-confirm = To confirm, type the account's email address
leave-do = Close the account for good
leave-not-yet = Not yet.
leave-open = Something is still open between us:
leave-running = { $count ->
    [one] 1 server runs: wait until the time that was paid is over.
   *[other] { $count } servers run: wait until the time that was paid is over.
}
leave-orders = { $count ->
    [one] 1 order is not at its end: cancel what is not paid, and let the rest be delivered or paid back.
   *[other] { $count } orders are not at their end: cancel what is not paid, and let the rest be delivered or paid back.
}
leave-payments = { $count ->
    [one] 1 payment is being looked up: the gateway tells within three days whether it arrives.
   *[other] { $count } payments are being looked up: the gateway tells within three days whether it arrives.
}
leave-back = { $count ->
    [one] 1 refund is under way: wait until it arrives.
   *[other] { $count } refunds are under way: wait until it arrives.
}
leave-disputes = { $count ->
    [one] 1 dispute is open: the bank has to decide first.
   *[other] { $count } disputes are open: the bank has to decide first.
}
leave-owed = { $amount } is owed: it must be back, or in the wallet, first.
leave-staff = It is an account of staff, and those are not closed.
leave-closed = It is closed already.

# Refusals beside a field.
refused-wrong-proof = this is not your password
refused-wrong-code = this code is wrong, too old, or was used before
refused-invalid-reason = say why, in 500 characters at most
refused-invalid-amount = this is no amount that fits; write it like 500 or 499.50
refused-account-tied = something is still open between us; the page says what

## Problems

problem-title = This did not work
problem-more = What this means
problem-number = If you ask us about it, name this:
# One sentence for each kind of problem that a customer can meet; English pages say more.
refused-not-found = it does not exist here, or it is not yours
refused-malformed = what was sent cannot be read; go back and send it again
refused-method-not-allowed = this cannot be done at this address; begin at the shop
refused-body-too-slow = it came too slowly; send it again
refused-too-large = more was sent than we take; send less
refused-address-too-long = this address is too long; begin at the shop
refused-acting-for-customer = end seeing the shop as a customer first; this is theirs alone
refused-second-factor-needed = set up a second factor first
refused-forbidden = your account may not do this
refused-cross-site = this was sent by another site, so nothing was done
refused-link-over = this link was used before, or is too old
refused-email-taken = this email address has an account already
refused-unknown-scope = there is no such right for a key
refused-in-flight = the same is being worked on; look again in a moment
refused-already-answered = this was done before; look at what came of it
refused-other-body = this form was sent before with something else in it; load the page anew
refused-empty-cart = there is nothing in the cart; choose a server first
refused-invalid-quantity = not so many can be ordered at once; choose another number
refused-invalid-billing-address = the address for invoices is not right; put it right and save it again
refused-payment-unavailable = no way to pay answers at the moment; your order stands, try again in a few minutes
refused-wallet-too-low = there is less in the wallet; look again
refused-unknown-gateway = there is no such way to pay here; choose another
refused-not-payable = this cannot be paid any more; look how it stands
refused-not-offered = there is nothing to choose any more; look how it stands
refused-not-delivered = the server is not yours yet; the order's page says how it stands
refused-credentials-pending = a new password is being made; look again in some minutes
refused-server-busy = something is being done to the server; wait until it is over
refused-server-over = the time for this server is over; it is not yours any more
refused-not-operable = this server has no buttons here; write to us
refused-provider-paused = nothing can be done to servers at the moment; try again later
refused-font-missing = no PDF can be made of these letters; read the page itself
refused-stale-version = it has changed since you looked; look again
refused-not-now = this is not possible now; look how it stands
refused-busy = others were in the way; try again
refused-internal = something broke on our side; it is in our log, and trying again may help
refused-outside-failed = somebody we depend on did not answer; try again in a few minutes
refused-database-away = the shop cannot reach its database; try again in a few seconds
refused-overloaded = the shop has more to do than it can at the moment; try again soon
refused-took-too-long = this took too long; try again

## Mails

mail-hello = Hello { $name },
mail-questions = Questions? Answer this mail, or write to:
mail-foot-order = About your order { $number } at { $host }
mail-foot-account = About your account at { $host }
mail-product = Product
mail-see-order = See your order
mail-see-standing = See where it stands
mail-see-account = See your account
mail-see-wallet = See your wallet
mail-open-server = Open your server
mail-choose-password = Choose a password
mail-no-secret = We never send a password by mail, and never ask for yours.
mail-safe = Your money is safe: you get exactly the server that you ordered, or your money back. There is nothing that you have to do.
mail-banks = Banks may take some days to show it.
mail-not-you = If that was not you, there is nothing that you have to do.
mail-holds-until = It holds until
mail-in-wallet = In your wallet
mail-ordered = We have your order
mail-ordered-more = We hold it for you until { $until }. As soon as it is paid, we build it.
mail-pay = Pay for it
mail-paid = Thank you: { $amount } has arrived
mail-paid-more = We buy it now and compare it with what you ordered before it becomes yours. That takes a few minutes; we write again when it is ready.
mail-watch = Watch it being built
mail-invoice = Invoice, in a minute
mail-late = Your payment came too late
mail-late-more = { $amount } arrived after the time for which we held { $product }, and it is sold out by now.
mail-late-back = The money is yours. We give it back; there is nothing that you have to do.
mail-held-subject = { $number } is held: a person looks after it
mail-held-more = Something did not go as it should, so we stopped rather than guess.
mail-choice = Wait for your server, or take your money back
mail-choice-why = The provider has not told us whether it gave us your server. We go on looking, and a person with us.
mail-choice-more = You can wait, or have all your money back now. It is your choice, and you can make it at any time until the server is yours.
mail-choose = Choose
mail-new-ready = Your new server is ready
mail-delivered-more = We compared it with what you ordered, { $product }, before it became yours. User name and password are on its page, behind your sign-in.
mail-to-wallet = { $amount } is in your wallet
mail-to-wallet-more = It pays for servers at once, wholly or in part.
mail-back = { $amount } is on its way back to you
mail-back-more = We have sent { $amount } back, the way it was paid.
mail-sent-back = Sent back
mail-news = News of your order
mail-news-more = Its page has all of it.
mail-everything = everything
mail-gift = The code { $code } takes { $worth } off the price of your next order. It is yours alone, good once, until { $until }.
mail-your-code = Your code
mail-refund = You get { $amount } back
mail-refund-more = { $amount } goes back the way it was paid. We write when it has left.
mail-refund-all = You get your money back
mail-refund-all-more = All that you paid goes back the way it came. We write when it has left.
mail-keep = You get your money back, and keep the server
# $until is a whole sentence: until when the server is theirs.
mail-keep-more = All that you paid goes back the way it came, and the server stays. { $until } Before that we ask you whether you would like to keep it, or have another.
mail-declined = About the money that you asked back
mail-declined-more = That is the answer of our staff, who have read your request. No money goes back for this order.
mail-declined-ask = If you see it otherwise, answer this mail.
mail-discount = A code for your next order
mail-discount-more = Thank you for your patience with us.
mail-again = We buy your server again
mail-again-more = It is bought and checked once more; we write when it is ready.
mail-changed = Your order is changed, as you agreed
mail-changed-now = It is now { $product } with { $gb } GB.
mail-changed-back = That costs less than what you paid: { $amount } goes back the way it came. We write when it has left.
mail-wait = We keep looking
mail-more-days = { $count ->
    [one] One more day for your server
   *[other] { $count } more days for your server
}
mail-more-time = More time for your server
mail-pay-nothing = You pay nothing for it.
mail-yours-until = It is yours until { $until }; you pay nothing for it.
mail-sorry = We are sorry
mail-sorry-subject = We are sorry. { $deed }
mail-to-good = To make good for it: { $deed }.
mail-verify = Is this your address?
mail-verify-more = Somebody, we think you, uses this address for an account here. Open the link and we know that our mail reaches you, and that the address is yours.
mail-known = You have an account already
mail-known-more = Somebody, perhaps you, has just used this address for a new account, and you have one already. Sign in with that one; the new one does not get your address.
mail-invited = You are invited to the staff of this shop
mail-invited-more = An admin of the shop made an account for you at this address. Choose a password, and sign in with it. The link works once.
mail-reset = Choose a new password
mail-reset-more = Somebody, we think you, has forgotten the password of your account. The link sets a new one, once, and ends all sessions.
mail-unknown = There is no account with this address
mail-unknown-more = Somebody, perhaps you, wanted a new password for an account with this address, and there is none. Perhaps you signed up with another address.
mail-password = Your password was changed
mail-password-more = The password of your account is another one now, and your other sessions have ended. If that was not you, choose a new one at once.
mail-address = Your account has another address
mail-address-more = From now on you sign in with another email address, and our mail goes there. If that was not you, tell the shop at once: this address opens the account no more.
mail-factor-off = Your second factor is off
mail-factor-off-more = From now on the password alone opens your account. If you did not switch it off, choose a new password at once.
mail-topped-up = Your payment has arrived
mail-topped-up-more = What you paid is in your wallet, and pays for servers at once. This mail is your receipt.
mail-credited = You have credit with us
mail-credited-more = It is in your wallet, and pays for servers at once, wholly or in part.
