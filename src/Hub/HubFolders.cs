namespace Holdfast.Hub;

/// <summary>The hub's data folder, 0700, and what lies where in it. Volumes are ordinary folders of this host.</summary>
/// <param name="Root">Absolute path of the data folder.</param>
public sealed record HubFolders(string Root)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The database.</summary>
    public string Database => Path.Combine(Root, "hub.db");

    /// <summary>The key that encrypts secrets, 0600.</summary>
    public string Key => Path.Combine(Root, "key");

    /// <summary>Settings that an administrator writes: machine types, GPUs, addresses. May be missing.</summary>
    public string Settings => Path.Combine(Root, "hub.yaml");

    /// <summary>The team's storage: <c>/storage</c> in every machine.</summary>
    public string Storage => Path.Combine(Root, "storage");

    /// <summary>What ssh needs: the key that signs host keys.</summary>
    public string Ssh => Path.Combine(Root, "ssh");

    /// <summary>The host engine's index of workloads.</summary>
    public string HostEngine => Path.Combine(Root, "engine");

    /// <summary>A person's home: <c>/home/NAME</c> in all of their machines, 0700.</summary>
    public string HomeOf(string person) => Path.Combine(Root, "homes", person);

    /// <summary>Snapshots of a person's home.</summary>
    public string SnapshotsOf(string person) => Path.Combine(Root, "snapshots", person);

    /// <summary>What environment points hold of the package folders of a person's home.</summary>
    public string PointsOf(string person) => Path.Combine(Root, "points", person);

    /// <summary>Where the Slurm engine finds its workloads again.</summary>
    public string SlurmEngine => Path.Combine(Root, "slurm-engine");

    /// <summary>All that is one machine's.</summary>
    public string MachineOf(string id) => Path.Combine(Root, "machines", id);

    /// <summary>A machine's notebooks folder: <c>/notebooks</c>.</summary>
    public string NotebooksOf(string id) => Path.Combine(MachineOf(id), "notebooks");

    /// <summary>What a machine's lab and keeper keep, journals above all: <c>/var/lib/holdfast</c>.</summary>
    public string StateOf(string id) => Path.Combine(MachineOf(id), "state");

    /// <summary>Files and folders of a machine that were kept (see <c>holdfast machine keep</c>): <c>/var/lib/holdfast-kept</c>.</summary>
    public string KeptOf(string id) => Path.Combine(MachineOf(id), "kept");

    /// <summary>The engine's scratch folder of a machine, with the ephemeral layer on the host engine.</summary>
    public string ScratchOf(string id) => Path.Combine(MachineOf(id), "scratch");

    /// <summary>What a machine's first process said.</summary>
    public string OutputOf(string id) => Path.Combine(MachineOf(id), "output.log");

    /// <summary>All that is one job's, besides its output.</summary>
    public string JobOf(string id) => Path.Combine(Root, "jobs", id);

    /// <summary>A list of what this host had installed when jobs were submitted, by its fingerprint.</summary>
    public string PackagesOf(string fingerprint) => Path.Combine(Root, "jobs", "packages", fingerprint.Replace("packages:", "", StringComparison.Ordinal));

    /// <summary>What a job's command has said, all attempts after each other.</summary>
    public string LogOf(string id) => Path.Combine(JobOf(id), "output.log");

    /// <summary>What a job has logged, where its output folder was removed because all of it is in a store.</summary>
    public string MetricsOf(string id) => Path.Combine(JobOf(id), "metrics.jsonl");

    /// <summary>Code of jobs, a folder for each hash (hexadecimal, without <c>sha256:</c>).</summary>
    public string CodeOf(string hash) => Path.Combine(Root, "code", hash);

    /// <summary>The files of code.</summary>
    public string CodeFilesOf(string hash) => Path.Combine(CodeOf(hash), "files");

    /// <summary>
    /// Where hub and machine meet, <c>/run/machine</c> inside: sockets, what is to be done at the start, and what was done. Not in the data folder: the path of a
    /// socket has at most 107 bytes. Made anew when it is gone, as after a boot.
    /// </summary>
    public string MeetingOf(string id) => Path.Combine(MeetingRoot, id);

    /// <summary>As <see cref="MeetingOf"/>, of a machine on another computer, which shares the data folder with this one. No socket lies in it.</summary>
    public string SharedMeetingOf(string id) => Path.Combine(MachineOf(id), "meeting");

    /// <summary>What the hub remembers of the way to a machine on another computer.</summary>
    public string WayOf(string id) => Path.Combine(MachineOf(id), "way");

    /// <summary>The folder above all meeting folders of this hub, 0700.</summary>
    public required string MeetingRoot { get; init; }

    /// <summary>Where those ask that ssh has let in (see <see cref="Holdfast.Hub.Ssh.SshDoor"/>).</summary>
    public string SshSocket => Path.Combine(MeetingRoot, "ssh.sock");

    /// <summary>Makes a folder that only its owner can enter, and those above it.</summary>
    public static string Make(string path) => Directory.CreateDirectory(path, OwnerOnly).FullName;
}
