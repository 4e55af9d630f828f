/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema_sql.h - schema.sql as a string; the build makes schema_sql.c from it. */
#ifndef SD_SCHEMA_SQL_H
#define SD_SCHEMA_SQL_H
extern const char sd_schema_sql[];
#endif
