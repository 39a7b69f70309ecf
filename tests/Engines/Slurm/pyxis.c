/*
 * Stands in for pyxis, which cannot be installed here: srun gets options of the same names, and a task is put into an unpacked image (its folder is the plugin's first argument) with the folders
 * that --container-mounts names. What it was given is appended to the file that is its second argument. Nothing is fetched.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <slurm/spank.h>

SPANK_PLUGIN(pyxis, 1)

enum { IMAGE, MOUNTS, WORKDIR, NO_HOME, REMAP, NO_ENTRYPOINT, WRITABLE, COUNT };

static const char *given[COUNT];

static int take(int which, const char *value, int remote)
{
	given[which] = value ? strdup(value) : "";
	return 0;
}

static struct spank_option options[] = {
	{ "container-image", "[USER@][REGISTRY#]IMAGE[:TAG]|PATH", "[pyxis] the image", 1, IMAGE, take },
	{ "container-mounts", "SRC:DST[:FLAGS][,SRC:DST...]", "[pyxis] bind mounts", 1, MOUNTS, take },
	{ "container-workdir", "PATH", "[pyxis] where it starts", 1, WORKDIR, take },
	{ "no-container-mount-home", NULL, "[pyxis] no home", 0, NO_HOME, take },
	{ "container-remap-root", NULL, "[pyxis] root inside", 0, REMAP, take },
	{ "no-container-entrypoint", NULL, "[pyxis] no entrypoint", 0, NO_ENTRYPOINT, take },
	{ "container-writable", NULL, "[pyxis] writable", 0, WRITABLE, take },
	SPANK_OPTIONS_TABLE_END
};

int slurm_spank_init(spank_t sp, int argc, char **argv)
{
	if (spank_context() != S_CTX_LOCAL && spank_context() != S_CTX_REMOTE)
		return 0;
	for (int i = 0; options[i].name; ++i)
		if (spank_option_register(sp, &options[i]) != ESPANK_SUCCESS)
			return -1;
	return 0;
}

/* mkdir -p, of a file the file itself. */
static void make(char *path, int is_file)
{
	for (char *at = path + 1; *at; ++at)
		if (*at == '/') {
			*at = 0;
			mkdir(path, 0755);
			*at = '/';
		}
	if (is_file)
		fclose(fopen(path, "a"));
	else
		mkdir(path, 0755);
}

int slurm_spank_task_init(spank_t sp, int argc, char **argv)
{
	char target[4096], *mounts, *mount_, *rest;
	FILE *record;

	if (!given[IMAGE])
		return 0;
	record = fopen(argv[1], "a");
	fprintf(record, "image=%s mounts=%s workdir=%s home=%s\n", given[IMAGE], given[MOUNTS], given[WORKDIR], given[NO_HOME] ? "no" : "yes");
	fclose(record);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (mount(argv[0], argv[0], NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	snprintf(target, sizeof target, "%s/proc", argv[0]);
	if (mount("/proc", target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	snprintf(target, sizeof target, "%s/dev", argv[0]);
	if (mount("/dev", target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	for (rest = mounts = strdup(given[MOUNTS]); (mount_ = strsep(&rest, ","));) {
		char *source = strsep(&mount_, ":"), *place = strsep(&mount_, ":");
		struct stat what;

		if (!place || *source != '/' || *place != '/' || stat(source, &what) < 0 || (mount_ && strcmp(mount_, "ro"))) {
			slurm_error("pyxis: --container-mounts: invalid format: %s", given[MOUNTS]);
			return -1;
		}
		snprintf(target, sizeof target, "%s%s", argv[0], place);
		make(target, !S_ISDIR(what.st_mode));
		if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
			return -1;
	}
	return chroot(argv[0]) || chdir(given[WORKDIR]) ? -1 : 0;
}
