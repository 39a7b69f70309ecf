using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/machines/NAME</c>: how its start went, its hooks, what a stop would destroy, the end of its log.</summary>
internal sealed class MachinePage(IMachines machines, HubFolders folders, HubHosts hosts)
{
    private const int LogBytes = 16 * 1024;

    public async Task ShowAsync(HttpContext context)
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
        Html why = $"""{Html.If(machine.Message is not null, machine.State == MachineState.Failed ? (Html)$"""<p class="wrong" role="alert">{machine.Message}</p>""" : $"""<p>{machine.Message}</p>""")}""";
        var log = await LogAsync(machine, context.RequestAborted);
        await HubPage.WriteAsync(context, name, $"""
            <div class="head"><h1>{name} {MachineParts.Badge(machine)}</h1><div class="do">{MachineActions.Buttons(machine, hosts.AddressFor(context.Request, name))}
            {Html.If(machine.State == MachineState.Failed, $"""<form method="post" action="/machines/{name}/start"><button name="safe" value="yes">Start without start-up scripts</button></form>""")}</div></div>{why}
            <section><h2>Facts</h2><table><tbody>{Facts(machine).Select(fact => (Html)$"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}</td></tr>""")}</tbody></table></section>
            {Html.If(machine.Steps.Count > 0, $"""<section><h2>{(isMoving ? "Starting" : "The last start")}</h2><ol class="steps">{MachineParts.StepLines(machine.Steps)}</ol></section>""")}
            {Html.If(machine.Hooks.Count > 0, $"<section><h2>Start-up scripts</h2>{MachineParts.Hooks(machine)}</section>")}
            {Html.If(machine.Notes.Count > 0, $"<section><h2>Notes</h2><ul>{machine.Notes.Select(note => (Html)$"<li>{note}</li>")}</ul></section>")}
            {await LossAsync(machine, context.RequestAborted)}
            {Html.If(log.Length > 0, $"""<section><h2>The end of its log</h2><pre tabindex="0">{log}</pre></section>""")}
            """, refresh: isMoving);
    }

    private async Task<Html> LossAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (machine.State == MachineState.Running)
        {
            var looked = await machines.LookAsync(machine, cancellationToken);
            return looked.Ok
                ? (Html)$"<section><h2>What a stop would destroy</h2>{LossParts.List(looked.Value)}</section>"
                : $"<section><h2>What a stop would destroy</h2><p>Not known now: {looked.Fault.Message}</p></section>";
        }
        return machine.State is MachineState.Stopped or MachineState.Failed && machines.LastLoss(machine) is { IsEmpty: false } lost
            ? (Html)$"<section><h2>What the last stop destroyed</h2>{LossParts.List(lost)}</section>"
            : Html.Empty;
    }

    private static IEnumerable<(string Name, string Value)> Facts(MachineRecord machine)
    {
        yield return ("Image", machine.Spec.Image ?? "none: this computer");
        if (machine.Digest is { } digest) yield return ("Digest", digest);
        if ((machine.Type ?? machine.Spec.Type) is { } type) yield return ("Type", type);
        yield return ("Owner", machine.Owner);
        if (machine.Gpus.Count > 0) yield return ("GPUs", string.Join(", ", machine.Gpus));
        if (machine.Spec.Git is { } git) yield return ("Repository", git);
        if (machine.Spec.Secrets.Count > 0) yield return ("Secrets", string.Join(", ", machine.Spec.Secrets));
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
