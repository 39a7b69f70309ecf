using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>
/// The two shell scripts of a workload. A shell can do what .NET cannot, fork into new namespaces, and costs 1 MB where .NET would cost 30.
/// They stay in the scratch folder: what was done can be read there.
/// </summary>
internal static class Scripts
{
    // About what containers keep. Not mknod (nothing else keeps a workload from the disks of this host) and not net_raw (it is this host's network).
    private const string Capabilities = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot,+audit_write,+setfcap";

    /// <summary>Runs what follows as root with few capabilities.</summary>
    public const string Confine = $"setpriv --bounding-set={Capabilities} --inh-caps=-all";

    /// <summary>
    /// The first process: starts the command, passes SIGTERM on, reaps orphans, ends as the command did. A shell starts what runs beside it with SIGINT
    /// ignored, hence env.
    /// </summary>
    private const string Init = """
        env=$1; shift
        # The trap comes after the fork: a child that still had it would take a signal, and then forget it.
        "$env" --default-signal -- "$@" 3>&- &
        child=$!
        trap 'kill -TERM "$child" 2>/dev/null' TERM
        echo ready >&3
        exec 3>&- >/dev/null 2>&1
        while :; do
          wait "$child"
          code=$?
          kill -0 "$child" 2>/dev/null || break
        done
        # Where a signal came with the very end, the code is still to be asked for.
        [ "$code" = 143 ] && { wait "$child"; last=$?; [ "$last" = 127 ] || code=$last; }
        exit "$code"
        """;

    /// <summary>What waits for the first process, outside of everything that it sees, and writes its exit code.</summary>
    public static string Watch(WorkloadFolder folder, string outputFile) => $"""
        exec 3>&1 </dev/null >>{Shell.Quote(outputFile)} 2>&1
        exec 4>>{Shell.Quote(folder.Exit)}
        umask 022
        read -r line </proc/self/stat
        printf '%s\n' "$line" >{Shell.Quote(folder.Processes)}
        /bin/sh {Shell.Quote(folder.Enter)} 4>&- &
        exec 3>&- >/dev/null 2>&1
        wait "$!"
        echo "$?" >&4
        """;

    /// <summary>Makes the root and becomes the first process in it.</summary>
    public static string Enter(WorkloadFolder folder, WorkloadSpec spec, RootPlan plan, IEnumerable<string> groups)
    {
        var text = Begin(folder, groups);
        string In(string path) => Shell.Quote(folder.Root + path);

        // 1. The overlays. Nothing in them has to outlive a power cut: nothing is synced.
        foreach (var layer in plan.Layers)
        {
            var options = $"lowerdir={layer.Point},upperdir=upper,workdir=work,redirect_dir=off,metacopy=off,index=off";
            var point = In(layer.Point == "/" ? "" : layer.Point);
            text.Append($"cd {Shell.Quote(Path.Combine(folder.Layers, layer.Folder))}\n");
            text.Append($"mount -n -t overlay -o {Shell.Quote(options + ",volatile")},nodev overlay {point} 2>/dev/null || mount -n -t overlay -o {Shell.Quote(options)},nodev overlay {point}");
            text.Append(layer.Point == "/" ? "\n" : $" || mount -n --bind -o ro {Shell.Quote(layer.Point)} {point}\n");
        }

        foreach (var point in plan.ReadOnly) text.Append($"mount -n --bind -o ro {Shell.Quote(point)} {In(point)}\n");

        // 2. What the kernel says of itself. The parts by which it is told what to do cannot be written.
        text.Append($"""
            cd {Shell.Quote(folder.Root)}
            mount -n -t proc -o nosuid,nodev,noexec proc proc
            {(spec.HostName is null ? "" : $"printf %s {Shell.Quote(spec.HostName)} >proc/sys/kernel/hostname")}
            for part in sys sysrq-trigger irq bus fs; do [ ! -e "proc/$part" ] || mount -n --bind -o ro "proc/$part" "proc/$part"; done
            mount -n -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
            mount -n -t tmpfs -o mode=755,nosuid,size=64k dev dev
            (cd /dev && cp -a --parents {Shell.Quote(plan.Devices)} {In("/dev")})
            mkdir dev/pts dev/shm
            mount -n -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts dev/pts
            ln -s pts/ptmx dev/ptmx
            mount -n -t tmpfs -o mode=1777,nosuid,nodev{(spec.Resources.SharedMemory is { } size ? $",size={size}" : "")} shm dev/shm

            """);

        // 3. Masks and mounts.
        foreach (var piece in plan.Pieces)
        {
            text.Append(piece.Source is { } source
                ? Mount(source, piece.IsReadOnly, In(piece.Target), In(Path.GetDirectoryName(piece.Target)!))
                : Mask(piece.Target, In(piece.Target), plan));
        }

        foreach (var mask in plan.Pieces.Where(piece => piece.Source is null && HasMountsBelow(piece.Target, plan))) text.Append($"mount -n -o remount,ro {In(mask.Target)}\n");

        // 4. In.
        text.Append("""
            pivot_root . run/.host
            cd /
            umount -n -l /run/.host
            rmdir /run/.host

            """);
        return Finish(text, spec, $"{Confine} /bin/sh");
    }

    /// <summary>Becomes the first process where this host allows no root of its own: folders are told by variables.</summary>
    public static string EnterPlainly(WorkloadFolder folder, WorkloadSpec spec) => Finish(Begin(folder, []), spec, "/bin/sh");

    private static StringBuilder Begin(WorkloadFolder folder, IEnumerable<string> groups)
    {
        var text = new StringBuilder($"""
            set -e
            exec 5>&2 2>{Shell.Quote(folder.Trouble)}
            read -r line </proc/self/stat
            printf '%s\n' "$line" >>{Shell.Quote(folder.Processes)}

            """);
        foreach (var group in groups) text.Append($"echo 0 >{Shell.Quote(group + "/cgroup.procs")}\n");
        return text;
    }

    private static string Mask(string path, string target, RootPlan plan) => !Directory.Exists(path)
        ? $"mount -n --bind -o ro /dev/null {target}\n"
        : $"mount -n -t tmpfs -o mode=755,nosuid,nodev,noexec,size=1m{(HasMountsBelow(path, plan) ? "" : ",ro")} mask {target}\n";

    private static bool HasMountsBelow(string path, RootPlan plan) => plan.Pieces.Any(piece => piece.Target != path && HostMount.IsIn(piece.Target, path));

    private static string Mount(string source, bool isReadOnly, string target, string parent)
    {
        var make = Directory.Exists(source) ? $"[ -d {target} ] || mkdir -p {target}\n" : $"[ -e {target} ] || {{ mkdir -p {parent}; : >{target}; }}\n";
        // A recursive mount could be made read-only at its top alone.
        return make + $"mount -n {(isReadOnly ? "--bind -o ro" : "--rbind")} {Shell.Quote(source)} {target}\n";
    }

    private static string Finish(StringBuilder text, WorkloadSpec spec, string shell)
    {
        var (program, folder) = (Shell.Quote(spec.Argv[0]), Shell.Quote(spec.WorkingFolder));
        text.Append($$"""
            cd {{folder}} || { echo {{Shell.Quote($"The folder {spec.WorkingFolder} cannot be entered.")}} >&2; exit 126; }
            [ -e {{program}} ] || { echo {{Shell.Quote($"The program {spec.Argv[0]} does not exist.")}} >&2; exit 127; }
            [ -f {{program}} ] && [ -x {{program}} ] || { echo {{Shell.Quote($"The program {spec.Argv[0]} may not be executed.")}} >&2; exit 126; }
            exec 2>&5 5>&-
            set -- {{shell}} -s -- "$(command -v env)" {{Shell.Quote(spec.Argv)}}
            first=$(command -v "$1"); shift; set -- "$first" "$@"

            """);
        // From its input: as an argument it would be what everybody sees first in ps. The environment too, with the powers dropped: LD_PRELOAD and the like are not
        // for what drops them. No line of a value can be the last one.
        var end = $"end-of-init-{Guid.NewGuid():N}";
        return text.Append($"exec \"$@\" <<'{end}'\n{Shell.Environment(spec.Environment)}{Init}\n{end}\n").ToString();
    }
}
