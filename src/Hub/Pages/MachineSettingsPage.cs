using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary><c>/machines/NAME/settings</c>: what a machine is to be, a copy of it under another name, and its end.</summary>
internal sealed class MachineSettingsPage(Fleet fleet, HubSettings settings, HubOptions options, SecretStore secrets)
{
    public Task ShowAsync(HttpContext context) => WithAsync(context, machine => WriteAsync(context, machine, machine.Spec, null, StatusCodes.Status200OK));

    public Task ChangeAsync(HttpContext context) => WithAsync(context, async machine =>
    {
        var spec = MachineForm.Read(await Forms.ReadAsync(context), machine.Spec);
        var changed = spec.Ok ? fleet.Change(context.Caller(), machine.Spec.Name, spec.Value) : spec.Fault;
        if (changed.Ok) context.SeeOther($"/machines/{machine.Spec.Name}");
        else await WriteAsync(context, machine, spec.Value ?? machine.Spec, changed.Fault.Message, changed.Fault.Status);
    });

    public Task ForkAsync(HttpContext context) => WithAsync(context, async machine =>
    {
        var forked = await fleet.ForkAsync(context.Caller(), machine.Spec.Name, (await Forms.ReadAsync(context)).Field("name"), context.RequestAborted);
        if (forked.Ok) context.SeeOther($"/machines/{forked.Value.Spec.Name}");
        else await WriteAsync(context, machine, machine.Spec, forked.Fault.Message, forked.Fault.Status);
    });

    public Task DeleteAsync(HttpContext context) => WithAsync(context, async machine =>
    {
        var deleted = fleet.Delete(context.Caller(), machine.Spec.Name, (await Forms.ReadAsync(context)).Field("confirm"));
        if (deleted.Ok) context.SeeOther("/");
        else await WriteAsync(context, machine, machine.Spec, deleted.Fault.Message, deleted.Fault.Status);
    });

    private Task WithAsync(HttpContext context, Func<MachineRecord, Task> show)
    {
        var found = fleet.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        return found.Ok ? show(found.Value) : HubPage.WriteFaultAsync(context, found.Fault);
    }

    private Task WriteAsync(HttpContext context, MachineRecord machine, MachineSpec spec, string? wrong, int status)
    {
        var name = machine.Spec.Name;
        var isAtRest = MachineRules.IsAtRest(machine.State);
        return HubPage.WriteAsync(context, $"Settings of {name}", $"""
            <div class="head"><p class="crumb"><a href="/">Machines</a> › <a href="/machines/{name}">{name}</a> ›</p><h1>Settings</h1></div>
            {Html.If(wrong is not null, HubPage.Wrong(wrong ?? ""))}
            {Html.If(!isAtRest, $"""<p class="warn">{name} is {MachineParts.Word(machine.State)}: what it is to be can be changed when it is stopped.</p>""")}
            <form method="post" action="/machines/{name}/settings"><section><fieldset class="plain"{Html.If(!isAtRest, Html.Trusted(" disabled"))}><div class="columns">
            {MachineForm.Fields(spec, settings, options, secrets.List(machine.Owner).Select(secret => secret.Name))}</div><button class="main">Save</button></fieldset></section></form>
            <section><h2>Fork</h2><p class="hint">A machine like this one, with a copy of its notebooks folder.</p><form class="inline" method="post" action="/machines/{name}/fork"><label>New name<input name="name" required maxlength="40" pattern="[a-z](-?[a-z0-9])*" autocapitalize="none" autocomplete="off" spellcheck="false"></label><button>Fork</button></form></section>
            <section><h2>Delete</h2><p class="hint">The machine goes, and its notebooks folder with it. Your home and the team's storage stay.</p><form class="inline" method="post" action="/machines/{name}/delete"><label>Its name, to confirm<input name="confirm" required pattern="{name}" autocapitalize="none" autocomplete="off" spellcheck="false"></label><button class="bad">Delete for ever</button></form></section>
            """, status);
    }
}
