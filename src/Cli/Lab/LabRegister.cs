using System.Text.Json;

namespace Holdfast.Cli.Lab;

/// <summary>A lab that runs.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Root">Its folder.</param>
/// <param name="Address">Where it listens; without a token.</param>
internal sealed record RunningLab(int ProcessId, string Root, string Address);

/// <summary>One small file for each lab that runs, in the state folder. A file of a process that has ended is removed when it is met.</summary>
internal sealed class LabRegister : IDisposable
{
    private readonly string _path;

    private LabRegister(string path) => _path = path;

    private static string Folder => Path.Combine(Surroundings.Home.StateFolder, "labs");

    /// <summary>Enters this process's lab; disposing removes it. Where the disk takes no entry the lab only is not listed.</summary>
    public static LabRegister Enter(string root, Uri address)
    {
        var path = Path.Combine(Folder, $"{Environment.ProcessId}.json");
        try
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // Whole or not at all: a lab that starts at the same time removes entries that it cannot read.
            using (var stream = File.Create(path + ".new"))
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteNumber("pid", Environment.ProcessId);
                json.WriteString("root", root);
                json.WriteString("url", address.ToString());
                json.WriteEndObject();
            }

            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The list is a convenience; the lab serves without it.
        }

        return new LabRegister(path);
    }

    /// <summary>The other labs of this root folder.</summary>
    public static IReadOnlyList<RunningLab> Others(string root) =>
        [.. All().Where(lab => lab.Root == root && lab.ProcessId != Environment.ProcessId)];

    /// <summary>All labs that run with this state folder.</summary>
    public static IReadOnlyList<RunningLab> All()
    {
        var labs = new List<RunningLab>();
        if (!Directory.Exists(Folder)) return labs;
        foreach (var path in Directory.EnumerateFiles(Folder, "*.json"))
        {
            if (Read(path) is { } lab && Runs(lab.ProcessId)) labs.Add(lab);
            else File.Delete(path);
        }

        return labs;
    }

    public void Dispose()
    {
        // The state folder may have been removed meanwhile.
        if (File.Exists(_path)) File.Delete(_path);
    }

    private static RunningLab? Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var lab = json.RootElement;
            return new RunningLab(lab.GetProperty("pid").GetInt32(), lab.GetProperty("root").GetString()!, lab.GetProperty("url").GetString()!);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A process id is used again sooner or later, by another program most likely. One that has ended and was not waited for has no command line.</summary>
    private static bool Runs(int processId)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0');
            return command.Contains("lab") && File.ReadAllText($"/proc/{processId}/comm").Trim() == "holdfast";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
