namespace Holdfast.Keeper.Contract;

/// <summary>What the keeper knows of one kernel; kept in <c>kernel.json</c> of its folder, so that it outlives the keeper too.</summary>
public sealed record KernelRecord
{
    /// <summary>The kernel's id, as Jupyter's API shows it.</summary>
    public required string Id { get; init; }
    /// <summary>The kernelspec's name.</summary>
    public required string SpecName { get; init; }
    /// <summary>What people see of the kernelspec.</summary>
    public required string DisplayName { get; init; }
    /// <summary>The absolute root folder of the lab that asked for it.</summary>
    public required string Root { get; init; }
    /// <summary>Its folder: <c>journal/</c>, <c>console.log</c> (what its process wrote past the protocol), <c>connection.json</c>.</summary>
    public required string Folder { get; init; }
    /// <summary>The folder it runs in.</summary>
    public required string WorkingFolder { get; init; }
    /// <summary>The process id, null while none runs.</summary>
    public int? ProcessId { get; init; }
    /// <summary>As Jupyter names it: <c>starting</c>, <c>idle</c>, <c>busy</c>, <c>restarting</c>, <c>dead</c>.</summary>
    public required string ExecutionState { get; init; }
    /// <summary>When the first process was started.</summary>
    public required DateTimeOffset Started { get; init; }
    /// <summary>When the kernel last sent or was sent something.</summary>
    public required DateTimeOffset LastActivity { get; init; }
    /// <summary>Since when it is busy; null when it is not.</summary>
    public DateTimeOffset? BusySince { get; init; }
    /// <summary>How often the process was replaced, by restart or autorestart.</summary>
    public int Restarts { get; init; }
    /// <summary>Grows with every change but <see cref="LastSequence"/> and <see cref="LastActivity"/>: of two records the greater is the newer.</summary>
    public long Revision { get; init; }
    /// <summary>Number of the last visible record of its journal.</summary>
    public long LastSequence { get; init; }
    /// <summary>Records up to this number are whole in the notebook file, as its lab has said; 0 when none are known to be.</summary>
    public long WholeUpTo { get; init; }
    /// <summary>What people should know: a full disk that holds it back, its last words, a gap. Null when all is well.</summary>
    public string? Note { get; init; }
    /// <summary>The Jupyter sessions on it; owned by the lab, kept by the keeper.</summary>
    public IReadOnlyList<SessionTag> Sessions { get; init; } = [];
    /// <summary>Absolute paths of all documents that had a session on it, the present ones among them: by these its journal is found later.</summary>
    public IReadOnlyList<string> Documents { get; init; } = [];

    /// <summary>The folder of its journal.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string JournalFolder => Path.Combine(Folder, "journal");
}

/// <summary>A Jupyter session: a document or console bound to a kernel.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Path">Path of the document relative to the lab's root, with <c>/</c>.</param>
/// <param name="Name">Its name, often empty.</param>
/// <param name="Type"><c>notebook</c>, <c>console</c> or a client's own word.</param>
public sealed record SessionTag(string Id, string Path, string Name, string Type);

/// <summary>What a kernel's journal records are. The payload of both message kinds has the layout of <see cref="Kernels.WebSocketV1"/>.</summary>
public static class RecordKind
{
    /// <summary>A message the kernel sent.</summary>
    public const byte FromKernel = 1;
    /// <summary>A message that was sent to the kernel, recorded before it was sent.</summary>
    public const byte ToKernel = 2;
    /// <summary>Something the keeper says about the kernel: a JSON object with <c>event</c> (started, restarting, dead, gap, shutdown) and its particulars; a restart that somebody asked for has <c>asked: true</c>.</summary>
    public const byte Event = 3;
}
