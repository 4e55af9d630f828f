/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: outside a transaction, with the other lock held. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct task { struct info *info; };
struct info { int count; };

static DEFINE_MUTEX(segment);
static DEFINE_MUTEX(map);
extern struct task *this_task(void);

static int begin(struct info *info)
{
	struct task *t = this_task();

	if (t->info) {
		t->info->count++;
		return 0;
	}
	t->info = info;
	mutex_lock(&segment);
	return 0;
}

static int end(void)
{
	struct task *t = this_task();

	if (t->info->count > 0) {
		t->info->count--;
		return 0;
	}
	t->info = NULL;
	mutex_unlock(&segment);
	return 0;
}

static void write_block(void)
{
	struct info info;

	begin(&info);
	end();
}

SYSCALL_DEFINE1(set, int, n)
{
	mutex_lock(&map);
	write_block();
	mutex_unlock(&map);
	return 0;
}

SYSCALL_DEFINE1(clean, int, n)
{
	mutex_lock(&segment);
	mutex_lock(&map);
	mutex_unlock(&map);
	mutex_unlock(&segment);
	return 0;
}
