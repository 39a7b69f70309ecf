using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Settings;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/jobs/new?machine=NAME&amp;notebook=PATH</c>: a notebook of a machine becomes a job, with its parameters as a form. JupyterLab's button leads here.</summary>
internal sealed class NewJobPage(NotebookJobs notebooks, Fleet fleet, MachineDrift drift, HubSettings settings, SecretStore secrets)
{
    // What a parameter's field is called, so that none can be mistaken for one of the form's own.
    private const string Parameter = "p.";

    public Task ShowAsync(HttpContext context)
    {
        var query = context.Request.Query;
        return WriteAsync(context, query["machine"].ToString(), query["notebook"].ToString(), null, null);
    }

    public async Task SubmitAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var (machine, notebook) = (form.Field("machine"), form.Field("notebook"));
        var done = Limit(form) is { Fault: { } wrong } ? wrong : await notebooks.SubmitAsync(context.Caller(), machine, Order(form, notebook), Wish(form), context.RequestAborted);
        if (done.Ok) context.SeeOther($"/jobs/{done.Value.Id}");
        else await WriteAsync(context, machine, notebook, form, done.Fault);
    }

    private async Task WriteAsync(HttpContext context, string machine, string notebook, IFormCollection? form, HubFault? wrong)
    {
        var found = fleet.Find(context.Caller(), machine);
        var looked = found.Ok ? await notebooks.LookAsync(found.Value, notebook, context.RequestAborted) : found.Fault;
        if (!looked.Ok)
        {
            await HubPage.WriteFaultAsync(context, wrong ?? looked.Fault);
            return;
        }
        var offer = looked.Value;
        var differences = await drift.LookAsync(found.Value!, context.RequestAborted);
        await HubPage.WriteAsync(context, "Send to job", $"""
            <div class="head"><p class="crumb"><a href="/jobs">Jobs</a> › <a href="/machines/{machine}">{machine}</a> ›</p><h1>Send {Path.GetFileName(notebook)} to a job</h1></div>
            {Html.If(wrong is not null, HubPage.Wrong(wrong?.Message ?? ""))}
            {(offer.Problem is { } problem ? HubPage.Wrong(problem) : Form(context, notebook, offer, differences, form))}
            """, wrong?.Status ?? StatusCodes.Status200OK);
    }

    private Html Form(HttpContext context, string notebook, NotebookOffer offer, MachineDifferences differences, IFormCollection? form)
    {
        var machine = differences.Machine;
        var names = secrets.List(context.Caller().Name).Select(secret => secret.Name).ToArray();
        var chosen = form?["secrets"].OfType<string>().ToArray() ?? [];
        return $"""
            <form method="post" action="/jobs"><input type="hidden" name="machine" value="{machine}"><input type="hidden" name="notebook" value="{notebook}">
            <section><h2>Parameters</h2>{(offer.Parameters.Count > 0 ? (Html)$"""<p class="hint">What is left empty stays as the notebook has it.</p><div class="columns">{offer.Parameters.Select(parameter => Field(parameter, form.Field(Parameter + parameter.Name)))}</div>"""
                : $"""<p class="hint">The notebook has no cell tagged <code>parameters</code> that assigns any: it runs as it is. In JupyterLab the gear at the upper right tags a cell.</p>""")}</section>
            <section><fieldset class="plain"><legend>Type and price</legend><div class="choices">{settings.Types.Select((type, at) => MachineForm.Choice(type, form.Field("type") is { Length: > 0 } asked ? asked == type.Name : at == 0, settings.Currency))}</div></fieldset>
            <div class="columns"><label>End it after<input name="max_duration" value="{form.Field("max_duration")}" autocomplete="off" placeholder="never"><small>As 90m or 12h, of one attempt</small></label>
            <label>Runs as<select name="as">{Html.If(offer.IsScript, $"""<option value="script"{MachineForm.Selected(form.Field("as") == "script")}>a script made of its code</option>""")}<option value="notebook"{MachineForm.Selected(form.Field("as") == "notebook")}>the notebook, kept with its outputs</option></select></label></div>
            <details><summary>More: name, output, secrets</summary><div class="columns"><label>Name<input name="name" value="{form.Field("name")}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="from the notebook's"></label>
            <label>Output folder<input name="output" value="{form.Field("output")}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="{JobRules.DefaultOutput}"></label>
            <div>{MachineForm.Secrets(names, chosen)}</div></div></details></section>
            <section><h2>Goes along</h2><p>{Count(offer.Files, "file")}, {Words.Size(offer.Bytes)}, of <code>{offer.Folder}</code>, without what <code>.gitignore</code> and <code>.holdfastignore</code> name; and the environment of {machine} as it is now.</p>
            {Different(differences)}</section>
            <div class="do"><button class="main">Submit</button><a class="button" href="/machines/{machine}">Cancel</a></div></form>
            """;
    }

    private static Html Different(MachineDifferences machine)
    {
        var recipe = machine.HasRecipe ? "its recipe" : machine.Image ?? "the system that it was started from";
        var list = new LossList(default, machine.Packages, machine.Files, machine.MoreFiles, [], 0);
        return machine.Unknown is { } unknown ? (Html)$"""<p class="hint">What is different from {recipe} is not known: {unknown}</p>"""
            : list.IsEmpty ? (Html)$"""<p class="hint">Nothing in it is different from {recipe}.</p>"""
            : $"""<details><summary>Different from {recipe}: {Count(list.Packages.Count, "package")}, {Count(list.Files.Count + list.MoreFiles, "file")}</summary><p class="hint">They go along, and are in no image: <a href="/machines/{machine.Machine}">record the recipe</a> to keep them.</p>{LossParts.List(list)}</details>""";
    }

    private static Html Field(OfferedParameter parameter, string value) => parameter.Type == "bool"
        ? (Html)$"""<label>{parameter.Name}<select name="{Parameter}{parameter.Name}"><option value="">{parameter.Default}, as in the notebook</option>{((string[])["True", "False"]).Where(each => each != parameter.Default).Select(each => (Html)$"""<option{MachineForm.Selected(each == value)}>{each}</option>""")}</select><small>{parameter.Help}</small></label>"""
        : $"""<label>{parameter.Name}<input name="{Parameter}{parameter.Name}" value="{value}" placeholder="{(parameter.Type == "str" ? parameter.Default.Trim('\'', '"') : parameter.Default)}" autocomplete="off" autocapitalize="none" spellcheck="false"{Html.If(parameter.Type is "int" or "float", Html.Trusted(" inputmode=\"decimal\""))}><small>{string.Join(" · ", ((string?[])[parameter.Type, parameter.Help]).Where(text => text is { Length: > 0 }))}</small></label>""";

    private static NotebookOrder Order(IFormCollection? form, string notebook) => new(notebook, form.Field("as") is { Length: > 0 } how ? how : null,
        (form ?? FormCollection.Empty).Where(field => field.Key.StartsWith(Parameter, StringComparison.Ordinal) && field.Value.ToString().Trim().Length > 0)
            .ToDictionary(field => field.Key[Parameter.Length..], field => field.Value.ToString().Trim()));

    private static JobSpec Wish(IFormCollection? form) => new()
    {
        Command = [],
        Name = Filled(form.Field("name")),
        Output = Filled(form.Field("output")),
        Secrets = [.. form?["secrets"].OfType<string>() ?? []],
        Resources = new JobResources(Filled(form.Field("type"))),
        MaxDuration = Limit(form).Value.Span,
    };

    private static HubResult<(TimeSpan? Span, bool)> Limit(IFormCollection? form) => form.Field("max_duration") switch
    {
        "" => (null, true),
        var text => Quantities.Span(text) is { } span ? (span, true) : new HubFault("bad-request", $"A span of time is written as 90m or 12h, not '{text}'."),
    };

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string? Filled(string text) => text.Length == 0 ? null : text;
}
