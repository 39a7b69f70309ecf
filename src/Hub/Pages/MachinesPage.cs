using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/</c>: the machines, each with what it does, costs and can be done with.</summary>
internal sealed class MachinesPage(IMachines machines, HubSettings settings, HubHosts hosts, MachineGlance glance, TimeProvider time)
{
    public Task ShowAsync(HttpContext context)
    {
        var caller = context.Caller();
        var list = machines.List(caller);
        Html empty = $"""<section class="empty">{Icons.Machines}<h2>No machine yet</h2><p>A machine is a place with JupyterLab in it, and storage that stays. It starts in a second.</p><p><a class="button main" href="/machines/new">Make the first one</a></p></section>""";
        return HubPage.WriteAsync(context, "Machines", $"""
            <div class="head"><h1>Machines</h1>{Html.If(list.Count > 0, Html.Trusted("""<a class="button main" href="/machines/new">New machine</a>"""))}</div>
            {(list.Count == 0 ? empty : Html.Join(list.OrderBy(Rank).ThenBy(machine => machine.Spec.Name, StringComparer.Ordinal).Select(machine => Card(context, caller, machine))))}
            """);
    }

    /// <summary>What runs, and costs, stands first.</summary>
    private static int Rank(MachineRecord machine) => machine.State is MachineState.Created or MachineState.Stopped ? 1 : 0;

    private Html Card(HttpContext context, Caller caller, MachineRecord machine) => $"""
        <article class="machine {MachineParts.Class(machine)}" id="{machine.Id}"><div><h2><a href="/machines/{machine.Spec.Name}">{machine.Spec.Name}</a> {MachineParts.Badge(machine)}</h2>
        <p class="facts">{Facts(caller, machine).Select(fact => (Html)$"<span>{fact}</span>")}</p></div>
        <div class="at">{glance.Spark(machine)}<div class="do">{MachineActions.Buttons(machine, hosts.AddressFor(context.Request, machine.Spec.Name))}</div></div>
        {Html.If(machine.Message is not null, $"""<p class="why">{machine.Message}</p>""")}{MachineGlance.Note(machine)}</article>
        """;

    private IEnumerable<string> Facts(Caller caller, MachineRecord machine)
    {
        var now = time.GetUtcNow();
        if (machine.Owner != caller.Name) yield return $"of {machine.Owner}";
        yield return machine.Spec.Image ?? "this computer";
        yield return MachineParts.TypeWords(machine, settings);
        if (machine is { Started: { } started, Stopped: null }) yield return $"started {Words.Ago(started, now)}";
        else if (machine.Stopped is { } stopped) yield return $"stopped {Words.Ago(stopped, now)}";
        foreach (var fact in glance.Facts(machine)) yield return fact;
    }
}
