/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * end() gives the lock back unless the handle is used twice, which its result does not tell.  The wrapper holds nothing itself: it
 * is its caller who shows which way is meant, though the object is another one by name.
 */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct fs { struct mutex m; };
struct handle { struct fs *fs; int users; };
struct handle *get_handle(struct fs *fs);
struct fs *get_fs(void);

static int __end(struct handle *h, int wait)
{
	if (h->users > 1) {
		h->users--;
		return 0;
	}
	mutex_unlock(&h->fs->m);
	return wait;
}

static int end(struct handle *h)
{
	return __end(h, 0);
}

SYSCALL_DEFINE0(run)
{
	struct fs *fs = get_fs();
	struct handle *h = get_handle(fs);

	mutex_lock(&fs->m);
	end(h);
	mutex_lock(&fs->m);
	mutex_unlock(&fs->m);
	return 0;
}
