using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/jobs</c>: the jobs, the newest first, by state; those that are chosen are compared.</summary>
internal sealed class JobsPage(IJobs jobs, TimeProvider time)
{
    private const int AtOnce = 50;

    public Task ShowAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var asked = query["state"].ToString();
        var state = JobLook.States.Where(each => each.Name == asked).Select(each => (JobState?)each.State).FirstOrDefault();
        long? before = long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var list = jobs.List(context.Caller(), state, before, AtOnce);
        var more = list.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"/jobs?before={next}{(state is null ? "" : $"&state={Uri.EscapeDataString(asked)}")}") : null;
        return HubPage.WriteAsync(context, "Jobs", $"""
            <div class="head"><h1>Jobs</h1></div>{Html.If(list.Jobs.Any(view => !view.Job.IsOver), Html.Trusted("<span hidden data-live=\"5\"></span>"))}
            {Html.If(list.Jobs.Count > 0 || state is not null, $"""<nav class="do between" aria-label="State">{Filter("all", null, state)}{JobLook.States.Where(each => each.State is not JobState.Cancelling).Select(each => Filter(each.Name, each.State, state))}</nav>""")}
            {(list.Jobs.Count > 0 ? Table(context.Caller(), list)
                : state is not null ? (Html)$"""<section class="empty">{Icons.Jobs}<h2>No job is {JobLook.Word(state.Value)}</h2></section>"""
                : $"""<section class="empty">{Icons.Jobs}<h2>No job yet</h2><p>A job is a command, or a notebook, that runs on its own and keeps its output. <code>holdfast job submit train.ipynb -p epochs=20</code> submits one.</p></section>""")}
            {Html.If(more is not null, $"""<p><a class="button" href="{more}">Older ones</a></p>""")}
            """);
    }

    /// <summary>Takes the buttons on a job's page.</summary>
    public async Task CancelAsync(HttpContext context) => await LeadOnAsync(context, jobs.Cancel(context.Caller(), Id(context)));

    /// <summary>As the other.</summary>
    public async Task HoldAsync(HttpContext context) => await LeadOnAsync(context, await jobs.HoldAsync(context.Caller(), Id(context), isHeld: true, context.RequestAborted));

    /// <summary>As the other.</summary>
    public async Task ReleaseAsync(HttpContext context) => await LeadOnAsync(context, await jobs.HoldAsync(context.Caller(), Id(context), isHeld: false, context.RequestAborted));

    /// <summary>As the other.</summary>
    public async Task RetryAsync(HttpContext context) => await LeadOnAsync(context, await jobs.RetryAsync(context.Caller(), Id(context)));

    private static async Task LeadOnAsync(HttpContext context, HubResult<JobRecord> done)
    {
        if (done.Ok) context.SeeOther($"/jobs/{done.Value.Id}");
        else await HubPage.WriteFaultAsync(context, done.Fault);
    }

    private static string Id(HttpContext context) => (string)context.GetRouteValue("id")!;

    private static Html Filter(string name, JobState? state, JobState? chosen) =>
        $"""<a class="button slim" href="/jobs{Html.If(state is not null, $"?state={Uri.EscapeDataString(name)}")}"{Html.If(state == chosen, Html.Trusted(" aria-current=\"true\""))}>{name}</a>""";

    private Html Table(Caller caller, JobList list)
    {
        var (now, hasOwners) = (time.GetUtcNow(), list.Jobs.Any(view => view.Job.Owner != caller.Name));
        return $"""
            <form action="/jobs/compare"><section><div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col"><span class="away">Compare</span></th><th scope="col">Job</th><th scope="col">State</th>{Html.If(hasOwners, Html.Trusted("<th scope=\"col\">Owner</th>"))}<th scope="col">Type</th><th scope="col">Submitted</th><th scope="col" class="n">Ran</th><th scope="col" class="n">Cost</th></tr></thead>
            <tbody>{list.Jobs.Select(view => Row(view, now, hasOwners))}</tbody></table></div></section><div class="do"><button>Compare the chosen ones</button></div></form>
            """;
    }

    private static Html Row(JobView view, DateTimeOffset now, bool hasOwners)
    {
        var job = view.Job;
        return $"""
            <tr id="{job.Id}"><td><input type="checkbox" name="ids" value="{job.Id}" aria-label="Compare {job.Id}"></td><td><a href="/jobs/{job.Id}"><b>{JobLook.Name(job)}</b></a><small class="hint line-below">{job.Id}{Html.If(job.Spec.Notebook is not null, $" · {job.Spec.Notebook}")}</small></td>
            <td>{JobLook.Badge(job)}{Html.If(Beside(view, now) is not null, $"""<small class="hint line-below">{Beside(view, now)}</small>""")}</td>{Html.If(hasOwners, $"<td>{job.Owner}</td>")}
            <td>{job.Type ?? job.Spec.Resources.Type ?? "–"}</td><td class="time">{Words.At(job.Created, Words.Ago(job.Created, now))}</td><td class="n">{(JobLook.Duration(job, now) is { } ran ? Words.Span(ran) : "–")}</td><td class="n">{(view.Cost > 0 ? Words.Money(view.Cost, view.Currency) : "–")}</td></tr>
            """;
    }

    private static string? Beside(JobView view, DateTimeOffset now) =>
        view.Job.Parts > 0 ? JobLook.Parts(view) : JobLook.Position(view, now) is { } position && view.Job.Reason is null ? position : JobLook.Reason(view.Job);
}
