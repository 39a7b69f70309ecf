using System.Globalization;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/</c>: the machines, and the form that makes one.</summary>
internal sealed class MachinesPage(IMachines machines, HubSettings settings, HubOptions options, HubHosts hosts, TimeProvider time)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, new MachineSpec { Name = "" }, null, StatusCodes.Status200OK);

    public async Task CreateAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var spec = new MachineSpec
        {
            Name = form.Field("name"),
            Engine = Filled(form.Field("engine")),
            Image = Filled(form.Field("image")),
            Type = Filled(form.Field("type")),
            Git = Filled(form.Field("git")),
        };
        var made = machines.Create(context.Caller(), spec);
        if (made.Ok && form.Field("start") == "yes") made = machines.Start(context.Caller(), made.Value.Spec.Name, new StartWish());
        if (made.Ok) context.SeeOther($"/machines/{Uri.EscapeDataString(made.Value.Spec.Name)}");
        else await WriteAsync(context, spec, made.Fault.Message, made.Fault.Status);
    }

    private Task WriteAsync(HttpContext context, MachineSpec asked, string? wrong, int status)
    {
        var caller = context.Caller();
        var list = machines.List(caller);
        Html empty = $"""<section class="empty"><h2>No machine yet</h2><p>A machine is a place with JupyterLab in it. Give one a name below; it starts in a second.</p></section>""";
        return HubPage.WriteAsync(context, "Machines", $"""
            <div class="head"><h1>Machines</h1></div>
            {(list.Count == 0 ? empty : Html.Join(list.Select(machine => Row(context, caller, machine))))}
            <section><details{Html.If(list.Count == 0 || wrong is not null, Html.Trusted(" open"))}><summary>New machine</summary>
            {Html.If(wrong is not null, $"""<p class="wrong" role="alert">{wrong}</p>""")}{NewForm(asked)}</details></section>
            """, status);
    }

    private Html Row(HttpContext context, Caller caller, MachineRecord machine) => $"""
        <article class="machine {MachineParts.Class(machine)}"><div><h2><a href="/machines/{machine.Spec.Name}">{machine.Spec.Name}</a> {MachineParts.Badge(machine)}</h2>
        <p class="facts">{Facts(caller, machine).Select(fact => (Html)$"<span>{fact}</span>")}</p></div>
        <div class="do">{MachineActions.Buttons(machine, hosts.AddressFor(context.Request, machine.Spec.Name))}</div>
        {Html.If(machine.Message is not null, $"""<p class="why">{machine.Message}</p>""")}</article>
        """;

    private IEnumerable<string> Facts(Caller caller, MachineRecord machine)
    {
        yield return machine.Spec.Image ?? "this computer";
        var type = settings.Types.FirstOrDefault(type => type.Name == (machine.Type ?? machine.Spec.Type)) ?? settings.Types[0];
        yield return Price(type) is { } price ? $"{type.Name}, {price}" : type.Name;
        if (machine.Owner != caller.Name) yield return $"of {machine.Owner}";
        if (machine is { Started: { } started, Stopped: null }) yield return $"started {MachineParts.Ago(started, time.GetUtcNow())}";
        else if (machine.Stopped is { } stopped) yield return $"stopped {MachineParts.Ago(stopped, time.GetUtcNow())}";
    }

    private Html NewForm(MachineSpec asked) => $"""
        <form method="post" action="/machines"><div class="columns">
        <label>Name<input name="name" value="{asked.Name}" required maxlength="40" pattern="[a-z](-?[a-z0-9])*" autocapitalize="none" autocomplete="off" spellcheck="false"><small>Lower-case letters, digits and single -</small></label>
        <label>Runs in<select name="engine">{options.Engines.Keys.Order(StringComparer.Ordinal).Select(engine => (Html)$"""<option value="{engine}"{Selected(engine == asked.Engine)}>{EngineName(engine)}</option>""")}</select></label>
        <label>Image<input name="image" value="{asked.Image}" autocomplete="off" autocapitalize="none" spellcheck="false"><small>For Podman; empty for this computer</small></label>
        <label>Type<select name="type">{settings.Types.Select(type => (Html)$"""<option value="{type.Name}"{Selected(type.Name == asked.Type)}>{(Price(type) is { } price ? $"{type.Name}, {price}" : type.Name)}</option>""")}</select></label>
        <label>Git repository<input name="git" value="{asked.Git}" type="text" autocomplete="off" spellcheck="false" placeholder="https://…"><small>Cloned into /notebooks; may be empty</small></label>
        </div><div class="do"><button class="main" name="start" value="yes">Create and start</button><button>Create</button></div></form>
        """;

    private string? Price(MachineType type) => type.Price == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{type.Price:0.00##} {settings.Currency} an hour");

    private static Html Selected(bool isSelected) => Html.If(isSelected, Html.Trusted(" selected"));

    private static string EngineName(string engine) => engine switch { "host" => "This computer", "podman" => "A container (Podman)", _ => engine };

    private static string? Filled(string text) => text.Length == 0 ? null : text;
}
