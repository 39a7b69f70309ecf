using System.Globalization;
using System.Text.Json;
using Holdfast.Cli.Jobs;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Hub;

/// <summary>A job in words.</summary>
internal static class JobTexts
{
    public static string State(JobState state) => JsonSerializer.Serialize(state, HubJson.Default.JobState).Trim('"');

    /// <summary>Its state, and why.</summary>
    public static string State(JobRecord job) => job.Reason is { } reason ? $"{State(job.State)} ({reason.Replace('_', ' ')})" : State(job.State);

    /// <summary>Its name and id, as sentences about it begin.</summary>
    public static string Of(JobRecord job) => $"{job.Spec.Name} {job.Id}";

    /// <summary>When its turn will come; what waits for an engine or a store has none before that is there.</summary>
    public static string? Queue(JobView view) => view.Position is not { } position || view.Job.Reason is JobReason.EngineUnavailable or JobReason.StoreUnavailable ? null
        : $"{(position == 0 ? "next" : $"{position} before it")}{(view.EstimatedStart is { } start ? $", starts at about {Output.Clock(start, TimeProvider.System)}" : "")}";

    /// <summary>How many of its parts stand where.</summary>
    public static string Parts(JobView view) => string.Join(", ", view.States.Where(state => state.Value > 0).Select(state => $"{state.Value} {state.Key}"));

    /// <summary>How long it ran, or runs.</summary>
    public static string Took(JobRecord job) => job.Started is { } started ? Duration.Of((job.Ended ?? TimeProvider.System.GetUtcNow()) - started) : "";

    public static string Price(decimal price, string currency) => price == 0 ? "free of charge" : string.Create(CultureInfo.InvariantCulture, $"{price:0.00##} {currency} an hour");

    public static string Money(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {currency}");

    /// <summary>What it runs on.</summary>
    public static string Place(JobSpec spec) => spec.Engine == "slurm" ? $"{(spec.Nodes > 1 ? Output.Count(spec.Nodes, "node") : "a node")} of the Slurm cluster{(spec.Image is null ? "" : $", image {spec.Image}")}" : (spec.Machine, spec.Image) switch
    {
        ({ } machine, { } image) => $"the environment of machine {machine}, image {image}",
        ({ } machine, null) => $"the environment of machine {machine}",
        (null, { } image) => $"image {image}",
        _ => "the hub's own system",
    };

    public static string Parameters(IEnumerable<KeyValuePair<string, JsonElement>> parameters) => string.Join(' ', parameters.Select(parameter => $"{parameter.Key}={JobValue.Shown(parameter.Value)}"));

    /// <summary>A command as a shell would take it.</summary>
    public static string Command(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=+./:,@%".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    /// <summary>The line under which a job is spoken of when it changes.</summary>
    public static string Line(JobView view)
    {
        var job = view.Job;
        var details = new[] { Queue(view), job.Parts > 0 ? Parts(view) : null, job.IsOver ? Took(job) : null }.Where(detail => detail is { Length: > 0 });
        return MachineTexts.Plain($"{Of(job)}: {string.Join("; ", details.Prepend(State(job)))}{(job.Message is { } message ? $". {message}" : "")}");
    }
}
