using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Recipes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary>A machine's recipe on its page: its text, what machine and recipe do not have in common, and building its image.</summary>
internal sealed class RecipePart(IMachines machines, MachineRecipes recipes, HubOptions options, AuditLog audit)
{
    public async Task<Html> DrawAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        var name = machine.Spec.Name;
        var runs = machine.State == MachineState.Running;
        var recipe = recipes.Of(machine.Id);
        Html record = Html.If(runs, $"""<form method="post" action="/machines/{name}/recipe/record"><button class="slim">{(recipe is null ? "Record what is installed" : "Record again")}</button></form>""");
        if (recipe is null)
            return Html.If(runs, $"""<section><header><h2>Recipe</h2>{record}</header><p class="hint">Turns what was installed by hand into lines of a Containerfile with exact versions, so that the next machine has it too.</p></section>""");
        var drift = runs ? await recipes.DiffAsync(machine, cancellationToken) : default;
        Html build = Html.If(options.EngineOf(machine) is Engines.Contract.IImageBuilder, $"""<form method="post" action="/machines/{name}/recipe/build"><button class="slim">Build its image</button></form>""");
        Html differs = drift is { Value: { } value } ? Drift(value) : Html.Empty;
        return $"""
            <section><header><h2>Recipe</h2><div class="do">{record}{build}</div></header>{differs}
            <details><summary>{recipe.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length} lines, of {Words.Time(recipe.Changed)} UTC</summary><pre tabindex="0">{recipe.Text}</pre></details></section>
            """;
    }

    public async Task RecordAsync(HttpContext context)
    {
        var found = machines.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        var fault = found.Ok ? (await recipes.RecordAsync(found.Value, [], context.RequestAborted)).Fault : found.Fault;
        if (fault is null) context.SeeOther($"/machines/{found.Value!.Spec.Name}");
        else await HubPage.WriteFaultAsync(context, fault);
    }

    /// <summary>A build takes minutes: its lines are written into the page as they come, which needs no script.</summary>
    public async Task BuildAsync(HttpContext context)
    {
        var found = machines.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        if (!found.Ok)
        {
            await HubPage.WriteFaultAsync(context, found.Fault);
            return;
        }
        var name = found.Value.Spec.Name;
        audit.Write(context.Caller().Name, "recipe.build", name);
        await HubPage.StreamAsync(context, $"Build {name}", $"""<div class="head"><p class="crumb"><a href="/">Machines</a> › <a href="/machines/{name}">{name}</a> ›</p><h1>Build its image</h1></div><section><h2>What the build says</h2><pre tabindex="0">""", async progress =>
        {
            var built = await recipes.BuildAsync(found.Value, progress, context.RequestAborted);
            return built.Ok
                ? (Html)$"""</pre></section><div class="said" role="status"><p>The image is <code>{built.Value.Name}</code>. Choose it in the <a href="/machines/{name}/settings">settings</a> of the machine: nothing of the recipe is lost at a stop then.</p></div>"""
                : $"""</pre></section><p class="wrong" role="alert">{built.Fault.Message}</p>""";
        });
    }

    private static Html Drift(RecipeDrift drift)
    {
        if (drift.Unwritten.Count + drift.Missing.Count == 0) return Html.Trusted("""<p class="good">The machine is as its recipe says.</p>""");
        return $"""
            <p class="warn">The machine is not as its recipe says.</p><div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">Package</th><th scope="col" class="n">Recipe</th><th scope="col" class="n">Machine</th></tr></thead>
            <tbody>{drift.Unwritten.Concat(drift.Missing).Select(Row)}</tbody></table></div>
            """;

        static Html Row(PackageChange package) => $"""<tr><td>{package.Source} <b>{package.Name}</b></td><td class="n">{package.Before ?? "–"}</td><td class="n">{package.Now ?? "–"}</td></tr>""";
    }
}
