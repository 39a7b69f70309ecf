using Holdfast.Hub.Activity;
using Holdfast.Hub.Api;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/machines/NAME</c>: what it does, how its start went, its hooks, what a stop would destroy, its recipe, the end of its log.</summary>
internal sealed class MachinePage(IMachines machines, HubFolders folders, HubHosts hosts, HubSettings settings, KeptPaths kept, RecipePart recipes, MachinePorts ports, PortLinks links, MachineGlance glance, ActivityWatch activity, TimeProvider time)
{
    private const int LogBytes = 16 * 1024;

    public Task ShowAsync(HttpContext context) => ShowAsync(context, Html.Empty, StatusCodes.Status200OK);

    /// <summary>The page, with the answer to what was asked for on it.</summary>
    public async Task ShowAsync(HttpContext context, Html said, int status)
    {
        var found = machines.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        if (!found.Ok)
        {
            await HubPage.WriteFaultAsync(context, found.Fault);
            return;
        }
        var machine = found.Value;
        var name = machine.Spec.Name;
        var isMoving = machine.State is MachineState.Pulling or MachineState.Starting or MachineState.Stopping;
        var isAtRest = MachineRules.IsAtRest(machine.State);
        Html why = Html.If(machine.Message is not null, $"""<p class="{machine.State switch { MachineState.Failed => "wrong", MachineState.Stopped => "said", _ => "warn" }}" role="status">{machine.Message}</p>""");
        var log = await LogAsync(machine, context.RequestAborted);
        await HubPage.WriteAsync(context, name, $"""
            <div class="head"><p class="crumb"><a href="/">Machines</a> ›</p><h1>{name} {MachineParts.Badge(machine)}</h1><div class="do">{MachineActions.Buttons(machine, hosts.AddressFor(context.Request, name))}
            {Html.If(machine.State == MachineState.Failed, $"""<form method="post" action="/machines/{name}/start"><button name="safe" value="yes">Start without start-up scripts</button></form>""")}<a class="button" href="/machines/{name}/settings">Settings</a></div></div>{said}{why}{MachineGlance.Note(machine)}
            {glance.Figures(machine)}
            {Html.If(machine.State == MachineState.Running && activity.Of(machine)?.StopsAt is not null, $"""<section><form class="inline" method="post" action="/machines/{name}/extend"><label>Let it run for at least<input name="span" value="2h" size="5" autocomplete="off" aria-describedby="spans"></label><button>Extend</button><span class="hint" id="spans">as 30m, 2h or 1d from now, whatever its limits say{(machine.EndsAt is null ? "" : "; its allocation ends all the same")}</span></form></section>""")}
            <div class="halves"><div>
            {Html.If(machine.Hooks.Any(hook => hook.Failed), HooksSection(machine))}
            {await PortsAsync(context.Request, machine, context.RequestAborted)}
            {glance.Usage(machine, context.Request.Query["span"])}
            {await LossAsync(machine, context.RequestAborted)}
            {Html.If(machine.Started is not null, $"""<section><header><h2>Environment</h2><a class="button slim" href="/machines/{name}/points">Points and the way back</a></header><p class="hint">How its packages were at each start and after each install. An upgrade that broke something is gone back on in one step; nothing else of the home is touched.</p></section>""")}
            {await recipes.DrawAsync(machine, context.RequestAborted)}
            {Html.If(log.Length > 0, $"""<section><header><h2>The end of its log</h2><code class="hint">holdfast machine logs -f {name}</code></header><pre tabindex="0" id="log">{log}</pre></section>""")}
            </div><div>
            {Html.If(machine.Steps.Count > 0, $"""<section><header><h2>{(isMoving && machine.State != MachineState.Stopping ? "Starting" : "The last start")}</h2><span class="hint">{MachineParts.StartLength(machine)}</span></header>{StartTimeline.Draw(machine.Steps, time.GetUtcNow())}</section>""")}
            {Html.If(machine.Hooks.Count > 0 && !machine.Hooks.Any(hook => hook.Failed), HooksSection(machine))}
            <section><h2>Facts</h2><div class="scroll"><table class="same"><tbody>{Facts(machine).Select(fact => (Html)$"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}</td></tr>""")}</tbody></table></div></section>
            {Html.If(machine.Notes.Count > 0, $"<section><h2>Put right at the start</h2><ul>{machine.Notes.Select(note => (Html)$"<li>{note}</li>")}</ul></section>")}
            {Kept(machine)}
            {glance.Events(machine, context.Caller())}
            {Html.If(isAtRest && machine.State != MachineState.Created, $"""<p class="hint">Home, /notebooks and /storage are as they were left.</p>""")}
            </div></div>
            """, status, refresh: isMoving);
    }

    /// <summary>What listens inside, where it is reached, and for whom else.</summary>
    private async Task<Html> PortsAsync(HttpRequest request, MachineRecord machine, CancellationToken cancellationToken)
    {
        var (name, shared) = (machine.Spec.Name, links.List(machine));
        var list = machine.State == MachineState.Running && await ports.ListAsync(machine, cancellationToken) is { Ok: true, Value: var found } ? found : [];
        if (list.Count + shared.Count == 0) return Html.Empty;
        return $"""
            <section><header><h2>Ports</h2><code class="hint">holdfast port {name}</code></header><div class="scroll"><table class="same"><tbody>
            {list.Select(each => (Html)$"""<tr><th scope="row">{each.Port}</th><td>{each.Program}</td><td class="n"><div class="do"><a class="button slim" href="{hosts.AddressFor(request, new MachineOrigin(name, each.Port).Label)}/" target="_blank" rel="noopener">Open</a><form class="inline" method="post" action="/machines/{name}/ports/share"><input type="hidden" name="port" value="{each.Port}"><input name="span" value="2h" size="4" autocomplete="off" aria-label="How long a link to port {each.Port} is good"><button class="slim">Share</button></form></div></td></tr>""")}
            {shared.Select(link => (Html)$"""<tr><th scope="row">{link.Port}</th><td>shared by {link.Person} until {Words.Time(link.Expires)} UTC</td><td class="n"><div class="do"><form method="post" action="/machines/{name}/ports/unshare"><button class="slim" name="id" value="{link.Id}">End</button></form></div></td></tr>""")}
            </tbody></table></div></section>
            """;
    }

    public async Task ShareAsync(HttpContext context)
    {
        var (found, form) = (machines.Find(context.Caller(), (string)context.GetRouteValue("name")!), await Forms.ReadAsync(context));
        var made = !found.Ok ? found.Fault
            : MachineOrigin.PortIn(form.Field("port")) is not { } port || Quantities.Span(form.Field("span")) is not { } lifetime ? new HubFault("bad-request", $"A link is for a port and a span of time, as 30m, 2h or 1d, not '{form.Field("span")}'.")
            : links.Make(context.Caller(), found.Value, port, lifetime);
        if (!made.Ok) await ShowAsync(context, HubPage.Wrong(made.Fault.Message), made.Fault.Status);
        else
        {
            var address = PortsApi.AddressOf(context, hosts, found.Value!.Spec.Name, made.Value.Link.Port, made.Value.Code);
            await ShowAsync(context, $"""<div class="said" role="status"><p>Whoever has this link sees port {made.Value.Link.Port}, and nothing else, until {Words.Time(made.Value.Link.Expires)} UTC. It is shown once.</p><pre tabindex="0">{address}</pre></div>""", StatusCodes.Status200OK);
        }
    }

    public async Task UnshareAsync(HttpContext context)
    {
        var (found, form) = (machines.Find(context.Caller(), (string)context.GetRouteValue("name")!), await Forms.ReadAsync(context));
        var ended = found.Ok ? links.End(context.Caller(), found.Value, form.Field("id")) : found.Fault;
        if (ended.Ok) context.SeeOther($"/machines/{found.Value!.Spec.Name}");
        else await ShowAsync(context, HubPage.Wrong(ended.Fault.Message), ended.Fault.Status);
    }

    public async Task KeepAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var found = machines.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        if (!found.Ok)
        {
            await HubPage.WriteFaultAsync(context, found.Fault);
            return;
        }
        var path = form.Field("path");
        var done = form.Field("back") == "yes" ? await kept.GiveBackAsync(found.Value, [path], context.RequestAborted) : await kept.KeepAsync(found.Value, [path], context.RequestAborted);
        if (done.Ok) context.SeeOther($"/machines/{found.Value.Spec.Name}");
        else await ShowAsync(context, HubPage.Wrong(done.Fault.Message), done.Fault.Status);
    }

    public async Task ExtendAsync(HttpContext context)
    {
        var (name, span) = ((string)context.GetRouteValue("name")!, (await Forms.ReadAsync(context)).Field("span"));
        var extended = Quantities.Span(span) is { } length
            ? await activity.ExtendAsync(context.Caller(), name, length, context.RequestAborted)
            : new HubFault("bad-request", $"A span of time is written as 30m, 2h or 1d, not '{span}'.");
        if (extended.Ok) context.SeeOther($"/machines/{name}");
        else await ShowAsync(context, HubPage.Wrong(extended.Fault.Message), extended.Fault.Status);
    }

    private static Html HooksSection(MachineRecord machine) => $"<section><h2>Start-up scripts</h2>{MachineParts.Hooks(machine)}</section>";

    private async Task<Html> LossAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (machine.State == MachineState.Running)
        {
            var looked = await machines.LookAsync(machine, cancellationToken);
            return looked.Ok
                ? (Html)$"""<section><header><h2>What a stop would destroy</h2>{Html.If(!looked.Value.IsEmpty, $"""<span class="hint">{Words.Size(looked.Value.Size)}</span>""")}</header>{LossParts.List(looked.Value, machine.Spec.Name)}</section>"""
                : $"<section><h2>What a stop would destroy</h2><p>Not known now: {looked.Fault.Message}</p></section>";
        }
        return machine.State is MachineState.Stopped or MachineState.Failed && machines.LastLoss(machine) is { IsEmpty: false } lost
            ? (Html)$"<section><header><h2>What the last stop destroyed</h2><span class=\"hint\">{Words.Size(lost.Size)}</span></header>{LossParts.List(lost)}</section>"
            : Html.Empty;
    }

    private Html Kept(MachineRecord machine) => kept.Of(machine.Id) is { Count: > 0 } paths
        ? (Html)$"""
            <section><h2>Kept over stops</h2><table class="same"><tbody>{paths.Select(path => (Html)$"""
                <tr><td><code>{path.Path}</code></td>{Html.If(machine.State == MachineState.Running, $"""<td><form method="post" action="/machines/{machine.Spec.Name}/keep"><input type="hidden" name="path" value="{path.Path}"><input type="hidden" name="back" value="yes"><button aria-label="Give {path.Path} back">Give back</button></form></td>""")}</tr>
                """)}</tbody></table></section>
            """
        : Html.Empty;

    private IEnumerable<(string Name, string Value)> Facts(MachineRecord machine)
    {
        if (machine.Spec.Engine is { } engine and not ("host" or "podman")) yield return ("Runs on", machine.Node is { } node ? $"{node} ({engine})" : $"a node ({engine})");
        else yield return ("Image", machine.Spec.Image ?? "none: this computer");
        if (machine.EndsAt is { } end) yield return ("Allocation", $"until {Words.Time(end)} UTC");
        if (machine.Digest is { } digest) yield return ("Digest", digest);
        yield return ("Type", MachineParts.TypeWords(machine, settings));
        yield return ("Owner", machine.Owner);
        if (machine.Gpus.Count > 0) yield return ("GPUs", string.Join(", ", machine.Gpus.Select(gpu => $"number {gpu}")));
        if (machine.Spec.Git is { } git) yield return ("Repository", git);
        if (machine.Spec.Secrets.Count > 0) yield return ("Secrets", string.Join(", ", machine.Spec.Secrets));
        if (machine.Spec.AutoStart) yield return ("Starts", "with the hub");
        yield return ("Created", $"{Words.Time(machine.Created)} UTC");
        if (machine.Started is { } started) yield return ("Started", $"{Words.Time(started)} UTC, for the {machine.Run}. time");
        if (machine.Stopped is { } stopped) yield return ("Stopped", $"{Words.Time(stopped)} UTC");
    }

    private async Task<string> LogAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(folders.OutputOf(machine.Id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(LogBytes, file.Length), SeekOrigin.End);
            var bytes = new byte[LogBytes];
            var length = await file.ReadAtLeastAsync(bytes, LogBytes, throwOnEndOfStream: false, cancellationToken);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, length).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
