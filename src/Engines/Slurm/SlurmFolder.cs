using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm;

/// <summary>
/// The files of one workload in its scratch folder, which hub and nodes share. The step on the node writes <c>token</c>, <c>beat.N</c>, <c>began</c> and <c>exit</c>; whoever finds them knows all that
/// Slurm does not say.
/// </summary>
/// <param name="Path">The scratch folder.</param>
internal sealed record SlurmFolder(string Path)
{
    /// <summary>Which submission counts: a job of another one ends at once.</summary>
    public string Ticket => In("ticket");

    /// <summary>The environment, as a shell reads it, 0600.</summary>
    public string Environment => In("environment");

    /// <summary>What Slurm runs.</summary>
    public string Watch => In("watch.sh");

    /// <summary>What runs the command, on each node.</summary>
    public string Enter => In("enter.sh");

    /// <summary>Why a node has refused to run it: a word, and a line for people.</summary>
    public string Refused => In("refused");

    /// <summary>That the commands on several nodes are to end.</summary>
    public string End => In("end");

    /// <summary>Seconds of grace: a wish that it ends.</summary>
    public string Stop => In("stop");

    /// <summary>The record; null when there is no workload here.</summary>
    public SlurmRecord? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(RecordOf(File.ReadAllText(Ticket))), SlurmJson.Default.SlurmRecord);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it is certain that there is no workload here: the folder can be read, and has none.</summary>
    public bool IsEmpty
    {
        get
        {
            try
            {
                return !Directory.EnumerateFiles(Path).Contains(Ticket, StringComparer.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>Writes the record, whole or not at all. What somebody writes late of a submission that was given up is nobody's.</summary>
    public void Write(SlurmRecord record) => Replace(RecordOf(record.Ticket), JsonSerializer.SerializeToUtf8Bytes(record, SlurmJson.Default.SlurmRecord));

    /// <summary>Writes a file, whole or not at all, that only this user can read.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        WorkloadFolder.WritePrivately(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>When the command was begun last, the how many-th time that was (from 0), where, and how that is reached (of a session); null before the first.</summary>
    public (int Restart, string Node, string? Address, DateTimeOffset At)? ReadBegan() =>
        Read("began") is [var restart, var node, .. var more] && int.TryParse(restart, CultureInfo.InvariantCulture, out var number) ? (number, node, more.FirstOrDefault(), TimeOf("began")) : null;

    /// <summary>The exit code, whether Slurm had told it to end, and when; null before.</summary>
    public (int Code, bool WasTold, DateTimeOffset At)? ReadExit() =>
        Read("exit") is [var code, var told, ..] && int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? (number, told == "told", TimeOf("exit")) : null;

    /// <summary>What nodes have found in which they differ.</summary>
    public IReadOnlyList<string> ReadDiffers() => [.. Directory.EnumerateFiles(Path, "differs.*").Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).TrimEnd())];

    /// <summary>Why a node has refused to run it; null when none has.</summary>
    public WorkloadRefusal? ReadRefused()
    {
        try
        {
            return File.ReadAllText(Refused).Split('\n', 2) is [var code, var words] ? new WorkloadRefusal(code, words.TrimEnd()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What changes when the command begins or ends.</summary>
    public (long Began, bool HasEnded) Mark() => (File.Exists(In("began")) ? File.GetLastWriteTimeUtc(In("began")).Ticks : 0, File.Exists(In("exit")));

    /// <summary>Removes all that the engine and its steps have put here. The ticket goes first: a step that begins now ends at once.</summary>
    public void Clear()
    {
        File.Delete(Ticket);
        foreach (var name in (string[])["exit", "began", "token", "told", "environment", "watch.sh", "enter.sh", "stop", "refused", "end", "submit.sh"]) File.Delete(In(name));
        foreach (var file in ((string[])["beat", "gone", "new", "workload", "differs", "left"]).SelectMany(kind => Directory.EnumerateFiles(Path, $"{kind}.*"))) File.Delete(file);
    }

    private string[]? Read(string name)
    {
        try
        {
            return File.ReadAllText(In(name)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private DateTimeOffset TimeOf(string name) => File.GetLastWriteTimeUtc(In(name)) is var time && time.Year > 1700 ? time : DateTimeOffset.UnixEpoch;

    private string RecordOf(string ticket) => In($"workload.{ticket.Trim()}.json");

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>What is kept of a workload: no environment, no argument.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Labels">As specified.</param>
/// <param name="Asked">When it was submitted.</param>
/// <param name="Ticket">Names the submission.</param>
/// <param name="Job">Slurm's number; null until Slurm has told it.</param>
/// <param name="WorkingFolder">Where commands start.</param>
/// <param name="Container">The name of the container on its node; null for none.</param>
internal sealed record SlurmRecord(string Id, Dictionary<string, string> Labels, DateTimeOffset Asked, string Ticket, string? Job, string WorkingFolder, string? Container)
{
    /// <summary>How Slurm ended it, in words, where that was seen; a job leaves Slurm's memory.</summary>
    public SlurmEnd? End { get; init; }
}

/// <summary>How Slurm ended a job.</summary>
/// <param name="State">In Slurm's word.</param>
/// <param name="Words">For people.</param>
/// <param name="At">When that was seen.</param>
internal sealed record SlurmEnd(string State, string Words, DateTimeOffset At);

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SlurmRecord))]
internal sealed partial class SlurmJson : JsonSerializerContext;
