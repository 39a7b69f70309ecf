using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Images;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Machines: which there are, and what they are to be.</summary>
internal static class MachinesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var machines = api.MapGroup("/machines").WithTags("machines");
        machines.MapGet("", (HttpContext context, Fleet fleet, MachineViews views) =>
                Answer.Json([.. fleet.List(context.Caller()).Select(machine => views.Of(machine, context))], HubJson.Default.MachineViewArray))
            .WithSummary("The machines that the caller may see, by name.").Produces<MachineView[]>();
        machines.MapPost("", CreateAsync)
            .WithSummary("Make a machine. It is not started.").Accepts<MachineSpec>("application/json").Produces<MachineView>(StatusCodes.Status201Created).WithFaults(400, 403, 409);
        machines.MapGet("/{name}", (HttpContext context, Fleet fleet, MachineViews views, string name) => views.Of(fleet.Find(context.Caller(), name), context, name))
            .WithSummary("A machine.").Produces<MachineView>().WithFaults(404);
        machines.MapPatch("/{name}", ChangeAsync)
            .WithSummary("Change what a machine that does not run is to be: fields that are not said stay, null takes away.")
            .Accepts<MachineSpec>("application/json").Produces<MachineView>().WithFaults(400, 403, 404, 409);
        machines.MapDelete("/{name}", (HttpContext context, Fleet fleet, MachineViews views, string name, string? confirm) =>
                views.Of(fleet.Delete(context.Caller(), name, confirm ?? ""), context, name, StatusCodes.Status202Accepted))
            .WithSummary("Delete a machine with its notebooks folder. 'confirm' is its name once more.").Produces<MachineView>(StatusCodes.Status202Accepted).WithFaults(400, 404);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Fleet fleet, ImagePins images, MachineViews views)
    {
        var spec = await Body.ReadAsync(context, HubJson.Default.MachineSpec);
        return spec.Ok ? views.Of(fleet.Create(context.Caller(), await WholeAsync(context, images, spec.Value)), context, spec.Value.Name, StatusCodes.Status201Created) : Answer.Fault(spec.Fault);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, Fleet fleet, ImagePins images, MachineViews views, string name)
    {
        var machine = fleet.Find(context.Caller(), name);
        if (!machine.Ok) return views.Of(machine, context, name);
        var spec = await Body.MergeAsync(context, machine.Value.Spec, HubJson.Default.MachineSpec);
        if (!spec.Ok) return Answer.Fault(spec.Fault);
        if (spec.Value.Name != name) return Answer.Fault(new HubFault("bad-request", "The name of a machine stays. 'fork' makes a like one of another name."));
        return views.Of(fleet.Change(context.Caller(), name, await WholeAsync(context, images, spec.Value)), context, name);
    }

    /// <summary>Generated readers know nothing of the defaults of properties: what was not said, or said to be null, is null.</summary>
    private static async Task<MachineSpec> WholeAsync(HttpContext context, ImagePins images, MachineSpec spec) => spec with
    {
        Image = await images.NameAsync(context.Caller(), spec.Image, context.RequestAborted),
        Environment = spec.Environment ?? new Dictionary<string, string>(),
        Secrets = spec.Secrets ?? [],
    };
}
