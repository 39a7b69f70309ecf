using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Recipes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>The recipe of a machine: recorded, compared, built.</summary>
internal static class RecipesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var recipe = api.MapGroup("/machines/{name}/recipe").WithTags("recipes");
        recipe.MapGet("", (HttpContext context, Fleet fleet, MachineViews views, MachineRecipes recipes, string name) =>
                fleet.Find(context.Caller(), name) is { Ok: true, Value: var machine }
                    ? recipes.Of(machine.Id) is { } found ? Answer.Json(found, HubJson.Default.Recipe) : Answer.Fault(new HubFault("not-found", $"{name} has no recipe yet; mend: record one."))
                    : views.Of(fleet.Find(context.Caller(), name), context, name))
            .WithSummary("The recipe of a machine.").Produces<Recipe>().WithFaults(404);
        recipe.MapPut("", WriteAsync).WithSummary("Write the recipe.").Accepts<RecipeRequest>("application/json").Produces<Recipe>().WithFaults(400, 404);
        recipe.MapPost("/record", RecordAsync).WithSummary("Turn what was installed in a running machine into lines of its recipe, with files that are named.")
            .Accepts<RecordRequest>("application/json").Produces<Recipe>().WithFaults(400, 404, 409, 503);
        recipe.MapGet("/diff", DiffAsync).WithSummary("What a running machine and its recipe do not have in common.").Produces<RecipeDrift>().WithFaults(404, 409, 503);
        recipe.MapPost("/build", BuildAsync)
            .WithSummary("Build the image of the recipe. Its lines come as server-sent events: 'line' with a text, at the end 'image' with it, or 'error' with why not.")
            .Produces<BuiltImage>(StatusCodes.Status200OK, "text/event-stream").WithFaults(404);
    }

    private static async Task<IResult> WriteAsync(HttpContext context, Fleet fleet, MachineViews views, MachineRecipes recipes, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var wish = await Body.ReadAsync(context, HubJson.Default.RecipeRequest);
        return wish.Ok ? Answer.Of(recipes.Write(machine.Value, wish.Value.Text), HubJson.Default.Recipe) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> RecordAsync(HttpContext context, Fleet fleet, MachineViews views, MachineRecipes recipes, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var wish = await Body.ReadAsync(context, HubJson.Default.RecordRequest);
        return wish.Ok ? Answer.Of(await recipes.RecordAsync(machine.Value, wish.Value.Files ?? [], context.RequestAborted), HubJson.Default.Recipe) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> DiffAsync(HttpContext context, Fleet fleet, MachineViews views, MachineRecipes recipes, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        return machine.Ok ? Answer.Of(await recipes.DiffAsync(machine.Value, context.RequestAborted), HubJson.Default.RecipeDrift) : views.Of(machine, context, name);
    }

    private static async Task BuildAsync(HttpContext context, Fleet fleet, MachineViews views, MachineRecipes recipes, AuditLog audit, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok)
        {
            await views.Of(machine, context, name).ExecuteAsync(context);
            return;
        }
        audit.Write(context.Caller().Name, "recipe.build", name);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var work = new LineWork<HubResult<BuiltImage>>(progress => recipes.BuildAsync(machine.Value, progress, context.RequestAborted));
        await foreach (var line in work.ReadAsync(context.RequestAborted)) await SendAsync(context, "line", JsonSerializer.SerializeToUtf8Bytes(line, HubJson.Default.String));
        var built = await work.Result;
        if (built.Ok) await SendAsync(context, "image", JsonSerializer.SerializeToUtf8Bytes(built.Value, HubJson.Default.BuiltImage));
        else await SendAsync(context, "error", JsonSerializer.SerializeToUtf8Bytes(new ApiError(built.Fault.Code, built.Fault.Message), HubJson.Default.ApiError));
    }

    private static async Task SendAsync(HttpContext context, string kind, byte[] json)
    {
        await context.Response.WriteAsync($"event: {kind}\ndata: ", context.RequestAborted);
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
        await context.Response.WriteAsync("\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
