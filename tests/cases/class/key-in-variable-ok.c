/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The class key is a member of what is passed, as ww_mutex_init() has it: four variables, four classes. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct kind { struct lock_class_key key; };

static struct kind red, blue, dark_red, dark_blue;
static struct mutex r1, r2, b1, b2;

static void make(struct mutex *m, struct kind *k)
{
	__mutex_init(m, "of a kind", &k->key);
}

static int __init setup(void)
{
	make(&r1, &red);
	make(&r2, &dark_red);
	make(&b1, &blue);
	make(&b2, &dark_blue);
	return 0;
}
module_init(setup);

SYSCALL_DEFINE0(one)
{
	mutex_lock(&r1);
	mutex_lock(&b1);
	mutex_unlock(&b1);
	mutex_unlock(&r1);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	mutex_lock(&b2);
	mutex_lock(&r2);
	mutex_unlock(&r2);
	mutex_unlock(&b2);
	return 0;
}
