/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of an embedded record that is set up elsewhere: by the only container that is seen, and by a pointer. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

/* what sets up the record and its locks is in another file */
struct core { struct mutex a, b; };
struct driver { int x; struct core core; };
struct another { struct core core; };
static struct another *another;

SYSCALL_DEFINE0(third)
{
	mutex_lock(&another->core.a);
	mutex_unlock(&another->core.a);
	mutex_lock(&another->core.b);
	mutex_unlock(&another->core.b);
	return 0;
}

static struct core *the_core;
static struct driver *the;

SYSCALL_DEFINE0(first)
{
	mutex_lock(&the_core->a);
	mutex_lock(&the_core->b);
	mutex_unlock(&the_core->b);
	mutex_unlock(&the_core->a);
	return 0;
}

SYSCALL_DEFINE0(second)
{
	mutex_lock(&the->core.b);
	mutex_lock(&the->core.a);
	mutex_unlock(&the->core.a);
	mutex_unlock(&the->core.b);
	return 0;
}
