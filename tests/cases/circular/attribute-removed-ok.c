/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attribute is removed, which waits for its readers, under a mutex that they take. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct attribute { const char *name; };
struct device;
struct device_attribute {
	struct attribute attr;
	long (*show)(struct device *dev, struct device_attribute *attr, char *buf);
};
void device_remove_file(struct device *dev, const struct device_attribute *attr);
void sysfs_remove_file_ns(void *kobj, const struct attribute *attr, const void *ns);

static DEFINE_MUTEX(a);

static long state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	mutex_lock(&a);
	mutex_unlock(&a);
	return 0;
}

static long name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return 0;
}

static struct device_attribute state = { .attr = { "state" }, .show = state_show };
static struct device_attribute name = { .attr = { "name" }, .show = name_show };

SYSCALL_DEFINE1(remove, struct device *, dev)
{
	mutex_lock(&a);
	sysfs_remove_file_ns(dev, &name.attr, 0);
	mutex_unlock(&a);
	device_remove_file(dev, &state);
	return 0;
}
