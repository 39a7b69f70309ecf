using System.CommandLine;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Settings;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job show ID</c>: all about one, above all why it is not where one wants it.</summary>
internal static class JobShowVerb
{
    private const int NameWidth = 12;

    public static Command Create()
    {
        var (id, format) = (JobVerb.Job(), Output.Format());
        return Asking.Verb("show", "Show a job: where it stands and why, what it runs, its attempts, its output.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(JobVerb.PathOf(parse.GetValue(id)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Write(reply.Read(HubJson.Default.JobView));
            return 0;
        }, id, format);
    }

    private static void Write(JobView view)
    {
        var (job, spec) = (view.Job, view.Job.Spec);
        Console.WriteLine(MachineTexts.Plain($"{JobTexts.Of(job)}: {JobTexts.State(job)}"));
        if (job.Message is { } message) Console.WriteLine(string.Join('\n', message.Split('\n').Select(MachineTexts.Plain)));
        Line("exit code", job.IsOver && job.ExitCode is { } code ? $"{code}" : null);
        Line("queue", JobTexts.Queue(view));
        Line("not before", job is { State: JobState.Queued, NotBefore: { } time } ? Output.Clock(time, TimeProvider.System) : null);
        Line("parts", job.Parts > 0 ? $"{job.Parts}: {JobTexts.Parts(view)}" : null);
        Line("part of", job.Parent is { } parent ? $"{parent}, number {job.Index}" : null);
        Line("command", JobTexts.Command(spec.Command));
        Line("notebook", spec.Notebook);
        Line("parameters", JobTexts.Parameters(spec.Parameters ?? new Dictionary<string, System.Text.Json.JsonElement>()));
        Line("runs on", JobTexts.Place(spec));
        Line("image", job.ImageReference ?? job.ImagePin);
        Line("digest", job.Digest);
        Line("environment", job.Environment is { } environment ? $"{environment.Fingerprint}, {Output.Count(environment.Packages, "package")}, point p{environment.Point}" : job.Packages);
        foreach (var difference in job.Differences ?? []) Console.WriteLine(MachineTexts.Plain(difference));
        Line("code", spec.Code);
        Line("type", job.Type is { } type ? $"{type}, {JobTexts.Price(view.Price, view.Currency)}" : spec.Resources?.Type);
        Line("gpus", string.Join(", ", job.Gpus ?? []));
        Line("variables", string.Join(' ', (spec.Env ?? new Dictionary<string, string>()).Select(variable => $"{variable.Key}={variable.Value}")));
        Line("secrets", string.Join(", ", spec.Secrets ?? []));
        Line("output", job.Store ?? job.Output);
        Line("its folder", job.Store is null ? null : job.Output);
        Line("log", ByteText.Of(view.LogLength));
        Line("cost", view.Cost > 0 ? JobTexts.Money(view.Cost, view.Currency) : null);
        Line("owner", job.Owner);
        Line("priority", spec.Priority is { } priority ? $"{priority}" : null);
        Line("after", string.Join(", ", spec.After ?? []));
        Line("limit", spec.MaxDuration is { } most ? Quantities.Text(most) : null);
        Line("retry of", job.RetryOf);
        Line("submitted", Output.Clock(job.Created, TimeProvider.System));
        Line("started", job.Started is { } started ? Output.Clock(started, TimeProvider.System) : null);
        Line("ended", job.Ended is { } ended ? $"{Output.Clock(ended, TimeProvider.System)}{(job.Started is null ? "" : $", after {JobTexts.Took(job)}")}" : null);
        if (job.Attempts is not { Count: > 0 } attempts) return;
        Console.WriteLine();
        Console.WriteLine("Attempts:");
        foreach (var attempt in attempts) Console.WriteLine(MachineTexts.Plain(Attempt(attempt)));
    }

    private static string Attempt(JobAttempt attempt)
    {
        var took = attempt is { Started: { } started, Ended: { } ended } ? Duration.Of(ended - started) : attempt.Ended is null ? "goes on" : "not started";
        var end = string.Join(", ", new[] { attempt.ExitCode is { } code ? $"exit code {code}" : null, attempt.Reason?.Replace('_', ' '), $"log from {attempt.LogStart}" }.Where(part => part is not null));
        return $"  {attempt.Number,3}  {Output.Clock(attempt.Began, TimeProvider.System)}  {took,-11}  {end}{(attempt.Message is { } message ? $": {message}" : "")}";
    }

    private static void Line(string name, string? value)
    {
        if (value is { Length: > 0 }) Console.WriteLine($"  {name.PadRight(NameWidth)} {MachineTexts.Plain(value)}");
    }
}
