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
