/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table whose elements are filled through a pointer, too: what is stored there is called as well. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

struct step { int (*startup)(int); };

static int nothing(int n)
{
	return n;
}

static int take(int n)
{
	spin_lock(&b);
	spin_unlock(&b);
	return n;
}

static struct step steps[] = { { nothing }, { 0 } };

static struct step *get_step(int n)
{
	return &steps[n];
}

SYSCALL_DEFINE1(run, int, number)
{
	struct step *step = get_step(number);

	spin_lock(&a);
	number = step->startup(number);
	spin_unlock(&a);
	return number;
}

static int __init setup(void)
{
	struct step *step = get_step(1);

	step->startup = take;
	return 0;
}
module_init(setup);
