namespace Holdfast.Engines.Tests.Podman;

/// <summary>A Debian of some twenty megabytes, from this computer's own files in a second: no registry is needed.</summary>
internal static class TestImage
{
    /// <summary>For bash, whose argument 0 is the folder that becomes the image.</summary>
    public const string Script = """
        set -e
        cd "$0"
        mkdir -p usr/{bin,lib64,lib/x86_64-linux-gnu,sbin,share/doc/some} etc/{apt,cron.daily} opt srv mnt data tmp root run var proc sys dev
        ln -s usr/bin bin; ln -s usr/sbin sbin; ln -s usr/lib lib; ln -s usr/lib64 lib64
        for at in etc/debian_version etc/issue etc/apt/sources.list etc/cron.daily/apt usr/share/doc/some/copyright; do echo "of the image" > $at; done
        for program in dash cat sleep ls mkdir rm mv ln chmod date df tail tr wc head uname grep id python3; do
          at=$(readlink -f "$(type -P $program)")
          [ $program = python3 ] && at=$(readlink -f /usr/bin/python3)
          cp "$at" usr/bin/$program
          for library in $(ldd "$at" | grep -o '/[^ :]*\.so[^ :]*'); do mkdir -p ".${library%/*}"; cp -Ln $library .$library; done
        done
        ln -s dash usr/bin/sh
        lib=usr/lib/$(basename "$(readlink -f /usr/bin/python3)")
        mkdir -p $lib
        cp /$lib/*.py $lib
        for package in encodings collections re importlib; do cp -r /$lib/$package $lib; done
        """;
}
