using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Inside;

/// <summary>What the first process of a machine is to do; the hub writes it to <c>orders.json</c> in the meeting folder. All paths are as seen inside.</summary>
public sealed record StartOrders
{
    /// <summary>The owner's home.</summary>
    public required string Home { get; init; }
    /// <summary>The machine's notebooks folder.</summary>
    public required string Notebooks { get; init; }
    /// <summary>The folder that the lab serves; the notebooks folder lies in it.</summary>
    public required string Root { get; init; }
    /// <summary>What lab and keeper keep.</summary>
    public required string State { get; init; }
    /// <summary>Whether the root is the machine's own: its <c>/etc/passwd</c> may be written, its home filled from the image's.</summary>
    public required bool HasOwnRoot { get; init; }
    /// <summary>Whether the machine begins with a kept layer: what an earlier start found installed stays what a loss list is told apart from.</summary>
    public bool HasKeptLayer { get; init; }
    /// <summary>Links to be made anew.</summary>
    public IReadOnlyList<KeptPath> Kept { get; init; } = [];
    /// <summary>Hooks in the order in which they run.</summary>
    public IReadOnlyList<HookOrder> Hooks { get; init; } = [];
    /// <summary>How long each hook may run.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>The repository that is cloned into an empty notebooks folder; null for none.</summary>
    public string? Git { get; init; }
    /// <summary>Of a machine on another computer: the token of this start, by which machine and hub know each other (<see cref="NodeGate"/>). Null for one on the hub's own.</summary>
    public string? NodeToken { get; init; }
}

/// <summary>A hook to run.</summary>
/// <param name="Name"><c>team</c>, <c>home</c> or <c>notebooks</c>.</param>
/// <param name="Script">Its path, as people know it.</param>
/// <param name="File">What is executed: of the team's hook the copy that was approved.</param>
/// <param name="Skipped">Why it is not to be run; null to run it.</param>
public sealed record HookOrder(string Name, string Script, string File, string? Skipped);

/// <summary>
/// What the first process of a machine has done so far; it writes <c>report.json</c> in the meeting folder anew after each step. A file of the machine: the hub
/// shows it and believes nothing else of it.
/// </summary>
public sealed record StartReport
{
    /// <summary>In order.</summary>
    public IReadOnlyList<StartStep> Steps { get; init; } = [];
    /// <summary>In order.</summary>
    public IReadOnlyList<HookOutcome> Hooks { get; init; } = [];
    /// <summary>What was put right, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Whether the lab listens.</summary>
    public bool IsReady { get; init; }
    /// <summary>Why there is no lab; null as long as there may be one.</summary>
    public string? Problem { get; init; }
}

/// <summary>The names of the files in the meeting folder, and their JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StartOrders))]
[JsonSerializable(typeof(StartReport))]
[JsonSerializable(typeof(NodeRegistration))]
public sealed partial class Meeting : JsonSerializerContext
{
    /// <summary>The meeting folder as machines see it.</summary>
    public const string Folder = "/run/machine";
    /// <summary>The variable that tells a machine's processes where its meeting folder is.</summary>
    public const string Variable = "HOLDFAST_MACHINE";
    /// <summary>The lab's socket.</summary>
    public const string LabSocket = "lab.sock";
    /// <summary>The socket of <see cref="PortGate"/>.</summary>
    public const string PortSocket = "ports.sock";
    /// <summary>The socket of the desktop's X server, by which it is seen (RFC 6143).</summary>
    public const string DesktopSocket = "desktop.sock";
    /// <summary>The socket of <see cref="CallGate"/>.</summary>
    public const string CallSocket = "calls.sock";
    private const string Orders = "orders.json";
    private const string Sockets = "sockets";
    private const string Report = "report.json";
    private const string Registration = "node.json";
    private const int LargestReport = 4 << 20, LargestRegistration = 4 << 10;

    /// <summary>Makes the folder anew, so that nothing of the start before is in it: whoever was inside may have left links there. Nobody is inside now.</summary>
    /// <exception cref="IOException">It cannot be removed or made.</exception>
    public static void Begin(string folder)
    {
        FolderCopy.Remove(folder);
        HubFolders.Make(folder);
    }

    /// <summary>The folder of the machine's sockets: the meeting folder. Paths of sockets are short, and those of a shared folder are nobody's on another computer: there it is one of that computer's own.</summary>
    public static string SocketsOf(string folder) => Path.Combine(folder, Sockets) is var file && File.Exists(file) ? File.ReadAllText(file) : folder;

    /// <summary>Makes a folder of this computer for the sockets, or finds the one that an earlier lab of this start has made.</summary>
    public static string MakeSockets(string folder)
    {
        if (SocketsOf(folder) is var made && made != folder && Directory.Exists(made)) return made;
        made = Directory.CreateTempSubdirectory("holdfast-").FullName;
        Write(folder, Sockets, System.Text.Encoding.UTF8.GetBytes(made), FileMode.Create);
        return made;
    }

    /// <summary>Writes the orders, 0600, into a folder that was made anew.</summary>
    public static void Write(string folder, StartOrders orders) => Write(folder, Orders, JsonSerializer.SerializeToUtf8Bytes(orders, Default.StartOrders), FileMode.CreateNew);

    /// <summary>Writes the report: whole, or the one before stays.</summary>
    public static void Write(string folder, StartReport report) => Write(folder, Report, JsonSerializer.SerializeToUtf8Bytes(report, Default.StartReport), FileMode.Create);

    /// <summary>Writes how a machine on another computer is reached.</summary>
    public static void Write(string folder, NodeRegistration registration) => Write(folder, Registration, JsonSerializer.SerializeToUtf8Bytes(registration, Default.NodeRegistration), FileMode.Create);

    /// <summary>Reads how a machine on another computer is reached; null when it has not said so, or nothing that can be read.</summary>
    public static NodeRegistration? ReadRegistration(string folder)
    {
        try
        {
            using var tree = new ForeignTree(folder);
            return tree.Read($"/{Registration}", LargestRegistration) is { } json ? JsonSerializer.Deserialize(json, Default.NodeRegistration) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the orders.</summary>
    /// <exception cref="IOException">There are none.</exception>
    /// <exception cref="JsonException">They cannot be read.</exception>
    public static StartOrders ReadOrders(string folder) => JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Orders)), Default.StartOrders)!;

    /// <summary>Reads the report; null when there is none, or what is there is none.</summary>
    public static StartReport? ReadReport(string folder)
    {
        try
        {
            // Whoever is inside can put anything there: a link into this host, a pipe that never ends, lists of nothing.
            using var tree = new ForeignTree(folder);
            return tree.Read($"/{Report}", LargestReport) is { } json && JsonSerializer.Deserialize(json, Default.StartReport) is { } report && IsWhole(report) ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsWhole(StartReport report) => report is { Steps: not null, Hooks: not null, Notes: not null }
        && report.Steps.All(step => step is { Name: not null }) && report.Hooks.All(hook => hook is { Name: not null, Script: not null, Output: not null }) && report.Notes.All(note => note is not null);

    /// <summary>Writes a file, whole, 0600.</summary>
    internal static void Write(string folder, string name, byte[] json, FileMode mode)
    {
        var path = Path.Combine(folder, name);
        using (var file = new FileStream(path + ".new", new FileStreamOptions { Mode = mode, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            file.Write(json);
        File.Move(path + ".new", path, overwrite: true);
    }
}
