using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary>Starting and stopping a machine from a page. A stop says first what it would destroy.</summary>
internal sealed class MachineActions(IMachines machines)
{
    /// <summary>What can be done with a machine as it stands.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="address">Its lab's address.</param>
    /// <param name="more">What else leads into one that runs; null for nothing.</param>
    public static Html Buttons(MachineRecord machine, string address, Html? more = null)
    {
        Html open = $"""<a class="button main" href="{address}/">Open</a>""";
        Html stop = $"""<a class="button" href="/machines/{machine.Spec.Name}/stop">Stop</a>""";
        Html start = $"""<form method="post" action="/machines/{machine.Spec.Name}/start"><button class="main">Start</button></form>""";
        return machine.State switch
        {
            MachineState.Running => $"{open}{more ?? Html.Empty}{stop}",
            MachineState.Pulling or MachineState.Starting => $"{open}{stop}",
            MachineState.Stopping or MachineState.Deleted => Html.Empty,
            _ => start,
        };
    }

    public async Task StartAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var name = Name(context);
        var started = machines.Start(context.Caller(), name, new StartWish(Safe: form.Field("safe") == "yes"));
        if (started.Ok) context.SeeOther($"/machines/{name}");
        else await HubPage.WriteFaultAsync(context, started.Fault);
    }

    /// <summary>The page that asks.</summary>
    public async Task AskStopAsync(HttpContext context)
    {
        var found = machines.Find(context.Caller(), Name(context));
        if (found.Ok) await AskAsync(context, found.Value, StatusCodes.Status200OK);
        else await HubPage.WriteFaultAsync(context, found.Fault);
    }

    public async Task StopAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var name = Name(context);
        var stopped = await machines.StopAsync(context.Caller(), name, form.Field("confirmed") == "yes", context.RequestAborted);
        if (stopped.Ok) context.SeeOther($"/machines/{name}");
        else if (stopped.Fault.Code == "would-lose" && machines.Find(context.Caller(), name) is { Ok: true } found) await AskAsync(context, found.Value, stopped.Fault.Status);
        else await HubPage.WriteFaultAsync(context, stopped.Fault);
    }

    private async Task AskAsync(HttpContext context, MachineRecord machine, int status)
    {
        var name = machine.Spec.Name;
        var looked = await machines.LookAsync(machine, context.RequestAborted);
        var loses = !looked.Ok || !looked.Value.IsEmpty;
        Html list = looked.Ok
            ? (Html)$"""{Html.If(loses, $"""<p>This is in the machine only, {Words.Size(looked.Value.Size)} in all, and is gone when it stops. <code>holdfast machine keep {name} PATH</code> keeps a file, <code>holdfast recipe record {name}</code> the packages.</p>""")}{LossParts.List(looked.Value)}"""
            : HubPage.Wrong($"What would be lost cannot be told now: {looked.Fault.Message}");
        await HubPage.WriteAsync(context, $"Stop {name}", $"""
            <div class="head"><h1>Stop {name}?</h1></div><section><h2>{(loses ? "This would be lost" : "Nothing would be lost")}</h2>{list}</section>
            <form class="do" method="post" action="/machines/{name}/stop">{Html.If(loses, Html.Trusted("""<input type="hidden" name="confirmed" value="yes">"""))}
            <button class="{(loses ? "bad" : "main")}">{(loses ? "Stop, and lose it" : "Stop")}</button><a class="button" href="/machines/{name}">Leave it running</a></form>
            """, status);
    }

    private static string Name(HttpContext context) => (string)context.GetRouteValue("name")!;
}
