using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Settings;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Api;

/// <summary>Machines as the API shows them.</summary>
internal sealed class MachineViews(HubOptions options, Fleet fleet, CostReports costs, ActivityWatch activity)
{
    public MachineView Of(MachineRecord machine, HttpContext context)
    {
        var spec = machine.Spec;
        var type = spec.Type ?? options.Settings.Types[0].Name;
        var price = costs.Of(machine.Id);
        return new MachineView
        {
            Id = machine.Id,
            Name = spec.Name,
            Owner = machine.Owner,
            State = machine.State,
            Reason = machine.Reason,
            Message = machine.Message,
            Engine = MachineRules.EngineOf(spec),
            Image = spec.Image,
            Digest = machine.Digest,
            Node = machine.Node,
            EndsAt = machine.EndsAt,
            Type = type,
            Price = options.Settings.Types.FirstOrDefault(known => known.Name == type)?.Price,
            PriceSoFar = price.SoFar,
            CostMonth = price.Month,
            Currency = options.Settings.Currency,
            Git = spec.Git,
            Environment = spec.Environment,
            Secrets = spec.Secrets,
            AutoStart = spec.AutoStart,
            IdleTimeout = spec.IdleTimeout,
            TimeLimit = spec.TimeLimit,
            OnLoss = spec.OnLoss,
            Notice = machine.Notice,
            Activity = activity.Of(machine),
            Gpus = machine.Gpus,
            Created = machine.Created,
            Started = machine.Started,
            Stopped = machine.Stopped,
            Run = machine.Run,
            Steps = machine.Steps,
            Hooks = machine.Hooks,
            Notes = machine.Notes,
            Url = $"{context.Request.Scheme}://{spec.Name}.{options.Domain}{(context.Request.Host.Port is { } port ? $":{port}" : "")}/",
        };
    }

    /// <summary>The machine, or a fault that knows which one was meant.</summary>
    public IResult Of(HubResult<MachineRecord> result, HttpContext context, string name, int status = StatusCodes.Status200OK) =>
        result.Ok ? Answer.Json(Of(result.Value, context), HubJson.Default.MachineView, status) : Answer.Fault(Hinted(result.Fault, context, name));

    /// <summary>A fault that knows which machine was meant, when it says that there is none of this name.</summary>
    public HubFault Hinted(HubFault fault, HttpContext context, string name) =>
        fault.Code == "not-found" ? fault with { Message = fault.Message + NearestName.Hint(name, fleet.List(context.Caller()).Select(machine => machine.Spec.Name)) } : fault;
}
