using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Cli.Jobs;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast sweep show ID</c> and <c>best ID</c>: trials beside each other.</summary>
internal static class SweepShowVerb
{
    public static Command Create()
    {
        var (id, format) = (JobVerb.Job(), Output.Format());
        var csv = new Option<bool>("--csv") { Description = "Print lines for a spreadsheet." };
        return Asking.Verb("show", "Show the trials of a sweep: parameters, state, the metric's last and best value. The best trial is marked.", async (parse, hub, cancellationToken) =>
        {
            var sweep = await SweepTrials.ReadAsync(hub, parse.GetValue(id)!, cancellationToken);
            if (Problem(sweep) is { } code) return code;
            if (parse.GetValue(csv)) await CsvAsync(sweep, cancellationToken);
            else if (parse.GetValue(format) == "json") Output.Json(json => Write(json, sweep));
            else
            {
                Console.WriteLine(JobTexts.Line(sweep.View));
                Console.WriteLine();
                Output.Table(["", .. Head(sweep)], [.. sweep.Trials.Select(trial => (string[])[trial == sweep.Best ? "*" : "", .. Cells(sweep, trial)])]);
            }
            return 0;
        }, id, csv, format);
    }

    public static Command CreateBest()
    {
        var (id, format, quiet) = (JobVerb.Job(), Output.Format(), Asking.Quiet());
        return Asking.Verb("best", "Show the best trial of a sweep, by its metric, and where its output is; with -q its id alone.", async (parse, hub, cancellationToken) =>
        {
            var sweep = await SweepTrials.ReadAsync(hub, parse.GetValue(id)!, cancellationToken);
            if (Problem(sweep) is { } code) return code;
            if (sweep.Metric is not { } metric) return Output.Fail($"{JobTexts.Of(sweep.View.Job)} names no metric by which a trial would be the best; '--metric NAME' does when it is submitted.");
            if (sweep.Best is not { } best) return Output.Fail($"no trial of {JobTexts.Of(sweep.View.Job)} has logged '{metric}' yet.");
            if (parse.GetValue(format) == "json") Output.Json(json => Write(json, sweep, best));
            else if (parse.GetValue(quiet)) Console.WriteLine(best.View.Job.Id);
            else
            {
                Console.WriteLine(JobTexts.Line(best.View));
                Console.WriteLine($"  {metric,-10} {Number(best.Best)}");
                foreach (var (name, value) in Tried(sweep, best)) Console.WriteLine($"  {name,-10} {MachineTexts.Plain(JobValue.Shown(value))}");
                Console.WriteLine($"  {"output",-10} {best.View.Job.Output}");
            }
            return 0;
        }, id, quiet, format);
    }

    private static int? Problem(SweepTrials sweep) => sweep.Fault is { } fault ? Asking.Fail(fault)
        : sweep.View.Job.Parts == 0 ? Output.Fail($"{JobTexts.Of(sweep.View.Job)} is no sweep: '{Surroundings.Program} job show {sweep.View.Job.Id}' shows it.") : null;

    private static IEnumerable<string> Head(SweepTrials sweep) =>
    [
        "TRIAL", "JOB", "STATE", .. Names(sweep), .. sweep.Metric is { } metric ? (string[])[$"{metric} LAST", $"{metric} BEST"] : [],
    ];

    private static IEnumerable<string> Cells(SweepTrials sweep, SweepTrial trial) =>
    [
        $"{trial.View.Job.Index}", trial.View.Job.Id, JobTexts.State(trial.View.Job), .. Names(sweep).Select(name => trial.View.Job.Spec.Parameters.TryGetValue(name, out var value) ? MachineTexts.Plain(JobValue.Shown(value)) : ""),
        .. sweep.Metric is null ? [] : (string[])[Number(trial.Last), Number(trial.Best)],
    ];

    private static IEnumerable<string> Names(SweepTrials sweep) => sweep.View.Job.Spec.Sweep?.Parameters.Keys ?? [];

    private static IEnumerable<KeyValuePair<string, JsonElement>> Tried(SweepTrials sweep, SweepTrial trial) => trial.View.Job.Spec.Parameters.Where(parameter => Names(sweep).Contains(parameter.Key));

    private static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "";

    private static void Write(Utf8JsonWriter json, SweepTrials sweep)
    {
        json.WriteStartObject();
        json.WritePropertyName("sweep");
        JsonSerializer.Serialize(json, sweep.View, HubJson.Default.JobView);
        json.WriteString("best", sweep.Best?.View.Job.Id);
        json.WriteStartArray("trials");
        foreach (var trial in sweep.Trials) Write(json, sweep, trial);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SweepTrials sweep, SweepTrial trial)
    {
        json.WriteStartObject();
        json.WriteString("id", trial.View.Job.Id);
        json.WriteNumber("trial", trial.View.Job.Index);
        json.WriteString("state", JobTexts.State(trial.View.Job.State));
        json.WriteStartObject("parameters");
        foreach (var (name, value) in Tried(sweep, trial))
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
        if (trial.Last is { } last) json.WriteNumber("last", last);
        if (trial.Best is { } best) json.WriteNumber("best", best);
        json.WriteString("output", trial.View.Job.Output);
        json.WriteEndObject();
    }

    private static async Task CsvAsync(SweepTrials sweep, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var row in sweep.Trials.Select(trial => Cells(sweep, trial)).Prepend(["trial", "job", "state", .. Names(sweep), .. sweep.Metric is { } metric ? (string[])[$"{metric}_last", $"{metric}_best"] : []])) text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        await using var stdout = new StandardOutput();
        await stdout.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    /// <summary>A cell by RFC 4180. What begins as a formula would be one in a spreadsheet: a parameter's text is its writer's.</summary>
    private static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '@' or '\t' || text is ['+' or '-', ..] && !double.TryParse(text, CultureInfo.InvariantCulture, out _)) text = $"'{text}";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
