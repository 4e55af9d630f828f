/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filehash.c - hashes of file contents; a header of 20,000 TUs is read once. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "scan_int.h"

struct sd_filehash { GHashTable *known; };      /* path -> uint64_t * */

struct sd_filehash *sd_filehash_new(void)
{
	struct sd_filehash *h = g_new(struct sd_filehash, 1);

	h->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return h;
}

void sd_filehash_free(struct sd_filehash *h)
{
	g_hash_table_destroy(h->known);
	g_free(h);
}

static uint64_t hash_fd(int fd)
{
	struct stat st;
	uint64_t hash = 0;
	void *map;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	if (st.st_size == 0)
		return XXH3_64bits("", 0);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return 0;
	hash = XXH3_64bits(map, (size_t)st.st_size);
	munmap(map, (size_t)st.st_size);
	return hash ? hash : 1;
}

uint64_t sd_filehash_get(struct sd_filehash *h, const char *path)
{
	uint64_t *known = g_hash_table_lookup(h->known, path);
	int fd;

	if (known)
		return *known;
	known = g_new0(uint64_t, 1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);     /* a fifo must not stop us */
	if (fd >= 0) {
		*known = hash_fd(fd);
		close(fd);
	}
	g_hash_table_insert(h->known, g_strdup(path), known);
	return *known;
}
