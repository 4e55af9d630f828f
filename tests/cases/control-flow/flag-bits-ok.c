/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of a flags word the bits that somebody tests are what matters; sizes beside it, and bits that nobody tests, do not crowd it out. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#define MAY_SLEEP 0x400u
#define ODD 0x10u

static DEFINE_SPINLOCK(s);
static DEFINE_MUTEX(m);

extern unsigned int repaired(unsigned int flags);
extern int found(unsigned int n);

static unsigned int in_context(unsigned int flags, int noio)
{
	if (noio)
		flags &= ~0x80u;
	return flags;
}

static void get_page_of(unsigned int size, unsigned int flags)
{
	unsigned int now = in_context(flags, found(0));

	if (size == 0 || found(now))
		return;
	if (flags & MAY_SLEEP) {
		mutex_lock(&m);
		mutex_unlock(&m);
	}
}

static void get_memory(unsigned int size, unsigned int flags)
{
	if (flags & ODD)
		flags = repaired(flags);
	flags |= 0x40000;
	get_page_of(size, flags);
}

#define ONE(n) do { if (found(n)) get_memory(n, MAY_SLEEP | (n) << 20); } while (0)
#define TEN(n) ONE(n + 1); ONE(n + 2); ONE(n + 3); ONE(n + 4); ONE(n + 5); ONE(n + 6); ONE(n + 7); ONE(n + 8); ONE(n + 9); ONE(n + 10)

static int __init setup(void)
{
	TEN(0); TEN(10); TEN(20); TEN(30); TEN(40); TEN(50); TEN(60); TEN(70); TEN(80); TEN(90); TEN(100);
	spin_lock(&s);
	get_memory(1000, 0x20);
	spin_unlock(&s);
	return 0;
}
module_init(setup);
