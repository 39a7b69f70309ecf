using System.Globalization;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Settings;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/machines/new</c>: the form that makes a machine, with the price of each type.</summary>
internal sealed class NewMachinePage(IMachines machines, HubSettings settings, HubOptions options, SecretStore secrets)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, new MachineSpec { Name = "" }, null, StatusCodes.Status200OK);

    public async Task CreateAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var spec = MachineForm.Read(form, new MachineSpec { Name = form.Field("name") });
        var made = spec.Ok ? await machines.CreateAsync(context.Caller(), spec.Value, context.RequestAborted) : spec.Fault;
        if (made.Ok && form.Field("start") == "yes") made = machines.Start(context.Caller(), made.Value.Spec.Name, new StartWish());
        if (made.Ok) context.SeeOther($"/machines/{Uri.EscapeDataString(made.Value.Spec.Name)}");
        else await WriteAsync(context, spec.Value ?? new MachineSpec { Name = form.Field("name") }, made.Fault.Message, made.Fault.Status);
    }

    private Task WriteAsync(HttpContext context, MachineSpec asked, string? wrong, int status) => HubPage.WriteAsync(context, "New machine", $"""
        <div class="head"><p class="crumb"><a href="/">Machines</a> ›</p><h1>New machine</h1></div>
        {Html.If(wrong is not null, HubPage.Wrong(wrong ?? ""))}
        <form method="post" action="/machines"><section><div class="columns">
        <label>Name<input name="name" value="{asked.Name}" required maxlength="40" pattern="[a-z](-?[a-z0-9])*" autocapitalize="none" autocomplete="off" spellcheck="false" autofocus><small>Lower-case letters, digits and single -. It is opened at NAME.{options.Domain}</small></label>
        {MachineForm.Fields(asked, settings, options, secrets.List(context.Caller().Name).Select(secret => secret.Name))}</div></section>
        <div class="do"><button class="main" name="start" value="yes">Create and start</button><button>Create</button><a class="button" href="/">Cancel</a></div></form>
        """, status);
}

/// <summary>The fields of a machine in a form: where it is made, and where it is changed.</summary>
internal static class MachineForm
{
    /// <summary>What a form says, over what was there.</summary>
    public static HubResult<MachineSpec> Read(IFormCollection? form, MachineSpec before)
    {
        var variables = new Dictionary<string, string>();
        foreach (var line in form.Field("environment").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('=', 2) is not [var name, var value]) return new HubFault("bad-request", $"Variables are lines of NAME=value; this one is not: {line}");
            variables[name] = value;
        }
        var (idle, limit) = (Timeout("idle_timeout"), Timeout("time_limit"));
        if ((idle.Fault ?? limit.Fault) is { } fault) return fault;
        return before with
        {
            Engine = Filled(form.Field("engine")),
            Image = Filled(form.Field("image")),
            Type = Filled(form.Field("type")),
            Git = Filled(form.Field("git")),
            Environment = variables,
            Secrets = [.. form?["secrets"].OfType<string>() ?? []],
            AutoStart = form.Field("auto_start") == "yes",
            IdleTimeout = idle.Value.Span,
            TimeLimit = limit.Value.Span,
            OnLoss = Filled(form.Field("on_loss")),
        };

        // In a value of its own: a span that was not said is no fault.
        HubResult<(TimeSpan? Span, bool)> Timeout(string field) => form.Field(field) switch
        {
            "" => (null, true),
            "never" => (TimeSpan.Zero, true),
            var text => Quantities.Span(text) is { } span ? (span, true) : new HubFault("bad-request", $"A span of time is written as 90m, 2h or never, not '{text}'."),
        };
    }

    public static Html Fields(MachineSpec spec, HubSettings settings, HubOptions options, IEnumerable<string> secrets) => $"""
        <label>Runs in<select name="engine">{options.Engines.Keys.Order(StringComparer.Ordinal).Select(engine => (Html)$"""<option value="{engine}"{Selected(engine == spec.Engine)}>{EngineName(engine)}</option>""")}</select></label>
        <label>Image<input name="image" value="{spec.Image}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="docker.io/library/python:3.12"><small>For a container; empty for this computer</small></label>
        <label>Git repository<input name="git" value="{spec.Git}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="https://…"><small>Cloned into /notebooks at the first start; may be empty</small></label>
        </div><fieldset class="plain"><legend>Type and price</legend><div class="choices">{settings.Types.Select((type, at) => Choice(type, spec.Type is { } asked ? asked == type.Name : at == 0, settings.Currency))}</div></fieldset><details{Html.If(spec.Environment.Count > 0 || spec.Secrets.Count > 0 || spec.AutoStart || spec.IdleTimeout is not null || spec.TimeLimit is not null || spec.OnLoss is not null, Html.Trusted(" open"))}><summary>More: when it stops, variables, secrets</summary><div class="columns">
        <label>Stop when idle for<input name="idle_timeout" value="{Span(spec.IdleTimeout)}" autocomplete="off" placeholder="{Span(settings.AutoStop.Idle ?? TimeSpan.Zero)}"><small>As 2h or never. Idle: no kernel, command or GPU works, and nobody types</small></label>
        <label>Stop after<input name="time_limit" value="{Span(spec.TimeLimit)}" autocomplete="off" placeholder="{Span(settings.AutoStop.Limit ?? TimeSpan.Zero)}"><small>As 12h or never, whatever it does</small></label>
        <label>If that would lose something<select name="on_loss"><option value="">as the hub does: {settings.AutoStop.OnLoss}</option>{OnLoss.All.Select(word => (Html)$"""<option value="{word}"{Selected(word == spec.OnLoss)}>{word switch { "stop" => "stop, and list what was lost", "keep" => "keep it first, then stop", _ => "wait for somebody" }}</option>""")}</select></label>
        <label>Variables<textarea name="environment" spellcheck="false" placeholder="NAME=value">{string.Join('\n', spec.Environment.Select(variable => $"{variable.Key}={variable.Value}"))}</textarea><small>A line each; nothing secret</small></label>
        <div>{Secrets([.. secrets.Union(spec.Secrets).Order(StringComparer.Ordinal)], spec.Secrets)}<label><input type="checkbox" name="auto_start" value="yes"{Checked(spec.AutoStart)}>Start with the hub, as after a boot</label></div></div></details><div>
        """;

    public static Html Secrets(string[] names, IReadOnlyList<string> chosen) => names.Length == 0
        ? (Html)$"""<p class="hint">Secrets, as tokens of other services: <a href="/account">set one</a> first.</p>"""
        : $"""<fieldset class="plain"><legend>Secrets, as variables</legend>{names.Select(name => (Html)$"""<label><input type="checkbox" name="secrets" value="{name}"{Checked(chosen.Contains(name))}><code>{name}</code></label>""")}</fieldset>""";

    private static string Span(TimeSpan? span) => span switch
    {
        null => "",
        { Ticks: 0 } => "never",
        { } length => Quantities.Text(length),
    };

    public static Html Choice(MachineType type, bool isChosen, string currency)
    {
        string[] parts = [type.Processors is { } processors ? $"{Words.Number(processors)} {(processors == 1 ? "processor" : "processors")}" : "all processors", type.Memory is { } memory ? Words.Size(memory) : "all memory",
            .. type.Gpus switch { 0 => (string[])[], 1 => ["1 GPU"], var gpus => [string.Create(CultureInfo.InvariantCulture, $"{gpus} GPUs")] }];
        return $"""<label><input type="radio" name="type" value="{type.Name}"{Checked(isChosen)}>{type.Name}<span>{(type.Price == 0 ? "free" : $"{Words.Price(type.Price, currency)} an hour")}</span><small>{string.Join(", ", parts)}</small></label>""";
    }

    public static Html Selected(bool isSelected) => Html.If(isSelected, Html.Trusted(" selected"));

    private static Html Checked(bool isChecked) => Html.If(isChecked, Html.Trusted(" checked"));

    private static string EngineName(string engine) => engine switch { "host" => "This computer", "podman" => "A container (Podman)", "slurm" => "A node of the cluster (Slurm)", _ => engine };

    private static string? Filled(string text) => text.Length == 0 ? null : text;
}
