using System.Text.Json;
using Holdfast.Cli.Jobs;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Settings;

namespace Holdfast.Cli.Hub;

/// <summary><c>job submit --dry-run</c>: each step, and nothing done.</summary>
internal static class JobDryRun
{
    private const int AllListed = 30, Listed = 15, NameWidth = 12;

    public static async Task<int> RunAsync(HubClient hub, JobSubmission submission, bool json, CancellationToken cancellationToken)
    {
        var isSent = await submission.IsSentAsync(hub, cancellationToken);
        var reply = await submission.PlanAsync(hub, isSent, cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        if (json) WriteJson(submission, reply, isSent);
        else Write(submission, reply.Read(HubJson.Default.JobPlan), isSent);
        return 0;
    }

    private static void Write(JobSubmission submission, JobPlan plan, bool isSent)
    {
        var spec = plan.Spec;
        Console.WriteLine($"{spec.Name} would be submitted so. Nothing was sent, nothing runs.");
        if (submission.Files.Count == 0) Line("code", "none");
        else
        {
            Line("code", $"{Output.Count(submission.Files.Count, "file")}, {ByteText.Of(submission.Files.Sum(file => file.Length))}, of {submission.Folder!.Root}{Git(submission.Folder)}");
            Line("", submission.Spec!.Code!);
            Line("", isSent ? "the hub has it: nothing to send" : $"{ByteText.Of(submission.ArchiveLength)} to send");
            var listed = submission.Files.Count <= AllListed ? submission.Files : [.. submission.Files.OrderByDescending(file => file.Length).Take(Listed)];
            foreach (var file in listed) Console.WriteLine($"    {ByteText.Of(file.Length),9}  {MachineTexts.Plain(file.Path)}{(file.Link is { } link ? $" -> {MachineTexts.Plain(link)}" : "")}");
            if (listed.Count < submission.Files.Count) Console.WriteLine($"               and {submission.Files.Count - listed.Count} smaller ones");
        }
        Line("notebook", spec.Notebook);
        Line("command", JobTexts.Command(plan.Arguments));
        Line("parameters", JobTexts.Parameters(spec.Parameters));
        Line("sweep", spec.Sweep is { } sweep ? JobTexts.Parameters(sweep.Parameters) : null);
        Line("variables", string.Join(' ', spec.Env.Select(variable => $"{variable.Key}={variable.Value}")));
        Line("secrets", string.Join(", ", spec.Secrets));
        Line("runs on", JobTexts.Place(spec));
        Line("type", plan.Type);
        Line("price", $"{JobTexts.Price(plan.Price, plan.Currency)}{(plan.Parts > 1 ? " with all that run at once" : "")}");
        Line("limit", spec.MaxDuration is { } longest ? $"{Quantities.Text(longest)} an attempt, {Output.Count(plan.Attempts, "attempt")} at most{(plan.Parts > 1 ? " of each" : "")}" : null);
        Line("at most", plan is { MostCost: > 0 and var most } ? $"{JobTexts.Money(most, plan.Currency)}, if all run as long and as often as they may" : null);
        Line("jobs", plan.Parts > 1 ? $"{plan.Parts}" : null);
        Line("output", spec.Output?.StartsWith("s3://", StringComparison.Ordinal) != true ? spec.Output : $"{spec.Output}, which can be written");
        Line("queue", plan.Position == 0 ? "it would be the next" : $"{plan.Position} would be before it");
        if (plan.Differences is { } differences) Write(differences);
    }

    /// <summary>What the job has of the machine, and would not have of an image.</summary>
    private static void Write(MachineDifferences machine)
    {
        if (machine.Unknown is { } unknown) Console.WriteLine($"What {machine.Machine} has beside its image is not known: {MachineTexts.Plain(unknown)}");
        else if (machine.Packages.Count + machine.Files.Count == 0) Console.WriteLine($"{machine.Machine} has nothing that {(machine.HasRecipe ? "its recipe" : "its image")} has not.");
        else
        {
            Console.WriteLine($"Of {machine.Machine} this goes along, and {(machine.HasRecipe ? "its recipe has it otherwise, or not" : "no recipe has it")} ('{Surroundings.Program} recipe record {machine.Machine}'):");
            LossTexts.Write(Console.Out, machine, Listed);
        }
    }

    private static string Git(CodeFolder folder) => folder.Commit is { } commit ? $" (git {commit[..Math.Min(12, commit.Length)]}{(folder.IsChanged == true ? ", changed since" : "")})" : "";

    private static void Line(string name, string? value)
    {
        if (value is { Length: > 0 }) Console.WriteLine($"  {name.PadRight(NameWidth)} {MachineTexts.Plain(value)}");
    }

    private static void WriteJson(JobSubmission submission, HubReply plan, bool isSent) => Output.Json(json =>
    {
        using var answer = JsonDocument.Parse(plan.Body);
        json.WriteStartObject();
        json.WritePropertyName("plan");
        answer.WriteTo(json);
        json.WriteString("code", submission.Spec!.Code);
        json.WriteBoolean("is_sent", isSent);
        json.WriteNumber("archive_size", submission.ArchiveLength);
        json.WriteStartArray("files");
        foreach (var file in submission.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("size", file.Length);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
