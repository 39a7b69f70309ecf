using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Holdfast.Hub.Points;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/machines/NAME/points</c>: how its environment was at earlier times, what differs from now, and the way back.</summary>
internal sealed class PointsPage(EnvironmentPoints points, TimeProvider time)
{
    public Task ShowAsync(HttpContext context) => ListAsync(context, Html.Empty, StatusCodes.Status200OK);

    public async Task TakeAsync(HttpContext context)
    {
        var note = (await Forms.ReadAsync(context)).Field("note");
        var taken = await points.TakeAsync(context.Caller(), Name(context), note.Length == 0 ? null : note, context.RequestAborted);
        if (taken.Ok) context.SeeOther($"/machines/{Name(context)}/points");
        else await ListAsync(context, HubPage.Wrong(taken.Fault.Message), taken.Fault.Status);
    }

    /// <summary>What differs between a point and now, and the button that goes back.</summary>
    public Task CompareAsync(HttpContext context) => CompareAsync(context, Html.Empty, asks: false, StatusCodes.Status200OK);

    public async Task BackAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var done = await points.BackAsync(context.Caller(), Name(context), Id(context), form.Field("home_only") == "yes", form.Field("confirmed") == "yes", context.RequestAborted);
        if (!done.Ok)
        {
            var fault = done.Fault;
            await CompareAsync(context, fault.Code == "would-lose" ? (Html)$"""<p class="warn" role="alert">{fault.Message}</p>""" : HubPage.Wrong(fault.Message), asks: fault.Code == "would-lose", fault.Status);
            return;
        }
        Html system = done.Value.System switch
        {
            SystemBack.Restarts => (Html)$"<p>{Name(context)} is being started anew with its system of then.</p>",
            SystemBack.NextStart => (Html)$"<p>The next start begins with its system of then.</p>",
            _ => Html.Empty,
        };
        await ListAsync(context, $"""
            <div class="said" role="status"><p>{(done.Value.Saved is { } saved ? $"{Name(context)} is back at {done.Value.Point.Id}. What was before is in {saved}, which undoes it." : $"Nothing differs from {done.Value.Point.Id}: nothing was changed.")}</p>{system}{Html.If(done.Value.Notes.Count > 0, $"<ul>{done.Value.Notes.Select(note => (Html)$"<li>{note}</li>")}</ul>")}</div>
            """, StatusCodes.Status200OK);
    }

    private async Task ListAsync(HttpContext context, Html said, int status)
    {
        var name = Name(context);
        var list = await points.ListAsync(context.Caller(), name, context.RequestAborted);
        if (!list.Ok)
        {
            await HubPage.WriteFaultAsync(context, list.Fault);
            return;
        }
        var (now, all) = (time.GetUtcNow(), list.Value);
        await HubPage.WriteAsync(context, $"Environment of {name}", $"""
            <div class="head"><p class="crumb"><a href="/">Machines</a> › <a href="/machines/{name}">{name}</a> ›</p><h1>Environment points</h1></div>{said}
            <p class="hint">How packages were at earlier times: taken at every start, after every install that was noticed, and when asked for. Going back changes packages only: notebooks, keys and settings stay.</p>
            <section><header><h2>Space</h2><span class="n">{Words.Size(all.Size)} of {Words.Size(all.MostSize)}</span></header>{Bars.Of(all.MostSize == 0 ? 0 : (double)all.Size / all.MostSize, all.Size > all.MostSize * 0.9 ? "cwait" : "c1", "meter")}</section>
            <section><form class="inline" method="post" action="/machines/{name}/points"><label>Take one now<input name="note" maxlength="200" placeholder="before the new version" autocomplete="off"></label><button>Take</button></form></section>
            {(all.Points.Count == 0
                ? Html.Trusted("""<section class="empty"><h2>No point yet</h2><p>The first one is taken when the machine runs.</p></section>""")
                : (Html)$"""<section><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">When</th><th scope="col">Why</th><th scope="col" class="n">Packages</th><th scope="col">Has</th><th scope="col" class="n">Frees</th><th scope="col"></th></tr></thead><tbody>{all.Points.Select(Row)}</tbody></table></div></section>""")}
            """, status);

        Html Row(EnvironmentPoint point) => $"""
            <tr><td><a href="/machines/{name}/points/{point.Id}">{Words.At(point.Time, Words.Ago(point.Time, now))}</a> <span class="tag">{point.Id}</span>{Html.If(!point.IsHere, $""" <span class="tag">in {point.Machine}</span>""")}</td><td>{Why(point)}{point.LeftOut.Select(what => (Html)$"<p class=\"hint\">{what}</p>")}</td><td class="n">{point.Packages}</td>
            <td>{string.Join(", ", Has(point))}</td><td class="n">{Words.Size(point.Frees)}</td><td><a class="button slim" href="/machines/{name}/points/{point.Id}" aria-label="Compare {point.Id} with now">Compare</a></td></tr>
            """;
    }

    private async Task CompareAsync(HttpContext context, Html said, bool asks, int status)
    {
        var (name, id) = (Name(context), Id(context));
        var diff = await points.DiffAsync(context.Caller(), name, id, null, files: true, context.RequestAborted);
        if (!diff.Ok)
        {
            await HubPage.WriteFaultAsync(context, diff.Fault);
            return;
        }
        var (of, time) = (diff.Value, diff.Value.From);
        await HubPage.WriteAsync(context, $"{name} at {id}", $"""
            <div class="head"><p class="crumb"><a href="/">Machines</a> › <a href="/machines/{name}">{name}</a> › <a href="/machines/{name}/points">Environment points</a> ›</p><h1>{id} <span class="tag">{(time is null ? "" : $"{Words.Time(time.Time)} UTC")}</span></h1></div>{said}
            <section><h2>Since then</h2>{(of.Packages.Count == 0
                ? Html.Trusted("""<p class="good">No package was installed, removed or changed.</p>""")
                : (Html)$"""<div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">Package</th><th scope="col">Where</th><th scope="col" class="n">Then</th><th scope="col" class="n">Now</th></tr></thead><tbody>{of.Packages.Select(change => (Html)$"""<tr><td>{change.Source} <b>{change.Name}</b></td><td class="hint">{change.Place}</td><td class="n">{change.Before ?? "–"}</td><td class="n">{change.After ?? "–"}</td></tr>""")}</tbody></table></div>""")}
            {Html.If(of.Files is not null, $"""<p class="hint">Files of the home's package folders: {of.Files?.Added ?? 0} added, {of.Files?.Removed ?? 0} removed, {of.Files?.Changed ?? 0} changed.{Html.If(of.SystemDiffers == true, Html.Trusted(" The machine's system differs, too."))}</p>""")}</section>
            <form class="do" method="post" action="/machines/{name}/points/{id}/back">{Html.If(asks, Html.Trusted("""<input type="hidden" name="confirmed" value="yes">"""))}<button class="main">{(asks ? "Go back, and start it anew" : "Go back to this point")}</button>
            {Html.If(of.SystemDiffers == true || asks, Html.Trusted("""<button name="home_only" value="yes">Only the home's packages</button>"""))}<a class="button" href="/machines/{name}/points">Leave it</a></form>
            """, status);
    }

    private static string Why(EnvironmentPoint point) => (point.Why switch
    {
        PointWhy.Start => "start",
        PointWhy.Install => "install",
        PointWhy.Asked => "asked for",
        _ => "went back",
    }) + (point.Words.Length > 0 ? $": {point.Words}" : "");

    private static IEnumerable<string> Has(EnvironmentPoint point)
    {
        if (point.HasHome) yield return "home";
        if (point.System == SystemPart.Kept) yield return "system";
        else if (point.System == SystemPart.Fresh) yield return "system as the image has it";
    }

    private static string Name(HttpContext context) => (string)context.GetRouteValue("name")!;

    private static string Id(HttpContext context) => (string)context.GetRouteValue("id")!;
}
