using System.Globalization;
using Holdfast.Hub.Api;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/jobs/ID</c>: where it stands and why, its curves, its parts, its output, the end of its log.</summary>
internal sealed class JobPage(IJobs jobs, HubFolders folders, MetricCharts charts, TrialsPart trials, ArtifactsPart artifacts, TimeProvider time)
{
    public async Task ShowAsync(HttpContext context)
    {
        var found = jobs.Find(context.Caller(), (string)context.GetRouteValue("id")!);
        if (!found.Ok)
        {
            await HubPage.WriteFaultAsync(context, found.Fault);
            return;
        }
        var (view, job) = (found.Value, found.Value.Job);
        var parts = job.Parts > 0 ? jobs.Parts(context.Caller(), job.Id) : [];
        var log = JobLog.EndOf(folders.LogOf(job.Id));
        Html csv = $"""<a class="button slim" href="{ApiFeature.Root}/jobs/{job.Id}/metrics.csv" download="{job.Id}.csv">CSV</a>""";
        Html left = $"""
            {(parts.Count == 0 ? charts.Draw(context, [(JobLook.Name(job), job)], csv)
                : job.Spec.Sweep is null ? charts.Draw(context, [.. parts.Take(StepChart.MostLines).Select(part => (string.Create(CultureInfo.InvariantCulture, $"shard {part.Job.Index}"), part.Job))], Html.Empty) : Html.Empty)}
            {Html.If(log.Length > 0, $"""<section><header><h2>The end of its log</h2><a class="button slim" href="{ApiFeature.Root}/jobs/{job.Id}/logs" target="_blank" rel="noopener">All of it</a></header><div class="tail" tabindex="0" id="log"><pre>{log}</pre></div><p class="hint"><code>holdfast job logs -f {job.Id}</code></p></section>""")}
            {await artifacts.DrawAsync(job, context.Request.Query["after"].ToString() is { Length: > 0 } after ? after : null, context.RequestAborted)}
            """;
        await HubPage.WriteAsync(context, JobLook.Name(job), $"""
            <div class="head"><p class="crumb"><a href="/jobs">Jobs</a> ›{Html.If(job.Parent is not null, $""" <a href="/jobs/{job.Parent}">{job.Parent}</a> ›""")}</p><h1>{JobLook.Name(job)}{Html.If(job.Parent is not null, $" {job.Index}")} <span class="tag">{job.Id}</span> {JobLook.Badge(job)}</h1><div class="do">{Buttons(job)}</div></div>
            {Html.If(job.Message is not null, $"""<p class="{(job.State is JobState.Failed or JobState.TimedOut ? "wrong" : "warn")}" role="status">{job.Message}</p>""")}
            {Figures(view)}{Html.If(!job.IsOver, Html.Trusted("<span hidden data-live=\"3\"></span>"))}
            {trials.Draw(view, parts, context.RequestAborted)}
            <div{Html.If(!string.IsNullOrWhiteSpace(left.ToString()), Html.Trusted(" class=\"halves\""))}><div>{left}
            </div><div>
            {Html.If(job.Spec.Parameters.Count > 0, $"<section><h2>Parameters</h2>{Table(job.Spec.Parameters.Select(each => (each.Key, JobLook.Value(each.Value))))}</section>")}
            <section><h2>Facts</h2>{Table(Facts(view))}</section>
            {Attempts(job)}
            </div></div>
            """, refresh: !job.IsOver);
    }

    private static Html Buttons(JobRecord job) => job switch
    {
        { IsOver: true } => $"""<form method="post" action="/jobs/{job.Id}/retry"><button class="main">Run it again</button></form>""",
        { State: JobState.Cancelling } => Html.Empty,
        _ => $"""{Html.If(job.State == JobState.Queued, $"""<form method="post" action="/jobs/{job.Id}/{(job.IsHeld ? "release" : "hold")}"><button>{(job.IsHeld ? "Release" : "Hold")}</button></form>""")}<form method="post" action="/jobs/{job.Id}/cancel"><button class="bad">Cancel</button></form>""",
    };

    private Html Figures(JobView view)
    {
        var (job, now) = (view.Job, time.GetUtcNow());
        return $"""
            <dl class="figures">{(JobLook.Duration(job, now) is { } ran ? Figure(job.IsOver ? "Ran for" : "Runs for", Words.Span(ran), job.Ended is { } ended ? $"ended {Words.Ago(ended, now)}" : null) : Figure("Waits for", Words.Span((job.Ended ?? now) - job.Created), JobLook.Position(view, now)))}
            {Html.If(job.Parts > 0, Figure("Parts", job.Parts.ToString(CultureInfo.InvariantCulture), JobLook.Parts(view)))}
            {Html.If(job.Attempts.Count > 1, Figure("Attempt", job.Attempts.Count.ToString(CultureInfo.InvariantCulture), null))}
            {Html.If(job.ExitCode is not null, Figure("Exit code", (job.ExitCode ?? 0).ToString(CultureInfo.InvariantCulture), JobLook.Reason(job)))}
            {Figure("Cost", Words.Money(view.Cost, view.Currency), view.Price > 0 ? $"{Words.Price(view.Price, view.Currency)} an hour" : null)}</dl>
            """;
    }

    private static Html Figure(string name, string value, string? small) => $"<div><dt>{name}</dt><dd>{value}{Html.If(small is not null, $"<small>{small}</small>")}</dd></div>";

    private static Html Attempts(JobRecord job) => Html.If(job.Attempts.Count > 1 || job.Attempts.Any(attempt => attempt.Message is not null), $"""
        <section><h2>Attempts</h2><ol class="events">{job.Attempts.Reverse().Select(attempt => (Html)$"""<li>{Words.At(attempt.Began, attempt.Began.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture))}<span>Attempt {attempt.Number}{Html.If(attempt is { Started: not null, Ended: not null }, $", {Words.Span((attempt.Ended ?? default) - (attempt.Started ?? default))}")}{Html.If(attempt.ExitCode is not null, $", exit code {attempt.ExitCode ?? 0}")}{Html.If(attempt.Message is not null, $"<br><span class=\"hint\">{attempt.Message}</span>")}</span></li>""")}</ol></section>
        """);

    private static Html Table(IEnumerable<(string Name, string Value)> rows) =>
        $"""<div class="scroll" tabindex="0"><table class="same"><tbody>{rows.Select(row => (Html)$"""<tr><th scope="row">{row.Name}</th><td>{row.Value}</td></tr>""")}</tbody></table></div>""";

    private static IEnumerable<(string Name, string Value)> Facts(JobView view)
    {
        var (job, spec) = (view.Job, view.Job.Spec);
        if (spec.Notebook is { } notebook) yield return ("Notebook", notebook);
        yield return ("Command", string.Join(' ', spec.Command.Select(Quoted)));
        yield return ("Image", spec.Image ?? "none: this computer");
        if ((job.ImageReference ?? job.ImagePin) is { } id) yield return ("Its id", id);
        if (job.Digest is { } digest) yield return ("Digest", digest);
        if (spec.Machine is { } machine) yield return ("Environment of", machine);
        if (job.Environment is { } environment) yield return ("As it was", $"p{environment.Point}, {environment.Fingerprint}");
        if (job.Packages is { } packages) yield return ("Environment", string.Join("; ", (string[])[packages, .. job.Differences ?? []]));
        if (spec.Code is { } code) yield return ("Code", code);
        if (spec.Env.GetValueOrDefault("HOLDFAST_GIT_COMMIT") is { } commit) yield return ("Commit", commit);
        if ((job.Type ?? spec.Resources.Type) is { } type) yield return ("Type", type);
        if (job.Gpus.Count > 0) yield return ("GPUs", string.Join(", ", job.Gpus.Select(gpu => $"number {gpu}")));
        if (job.Store is { } store) yield return ("Output", store);
        yield return (job.Store is null ? "Output" : "Its folder", job.Output);
        yield return ("Owner", job.Owner);
        if (spec.Priority is { } priority) yield return ("Priority", priority.ToString(CultureInfo.InvariantCulture));
        if (spec.MaxDuration is { } most) yield return ("At most", Words.Span(most));
        if (spec.Secrets.Count > 0) yield return ("Secrets", string.Join(", ", spec.Secrets));
        if (spec.Env.Count > 0) yield return ("Variables", string.Join(", ", spec.Env.Keys));
        if (job.RetryOf is { } earlier) yield return ("Again after", earlier);
        yield return ("Submitted", $"{Words.Time(job.Created)} UTC");
        if (job.Started is { } started) yield return ("Started", $"{Words.Time(started)} UTC");
        if (job.Ended is { } ended) yield return ("Ended", $"{Words.Time(ended)} UTC");
    }

    private static string Quoted(string word) => word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=./:,+@%{}".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
