using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Proxy;

/// <summary>What a browser sees at the origin of a machine that does not run. It looks again and again, and becomes the lab by itself.</summary>
internal static class NotRunningPage
{
    private const string Script = """
        (()=>{const list=document.querySelector("ol.steps"),was=document.querySelector("[data-state]").dataset.state;
        const line=s=>{const li=document.createElement("li"),name=document.createElement("span"),took=document.createElement("span");
        if(s.took===null)li.className="now";name.textContent=s.name;if(s.detail){const d=document.createElement("small");d.textContent=s.detail;name.append(d)}took.textContent=s.took??"";li.append(document.createElement("span"),name,took);li.firstChild.remove();return li};
        const look=async()=>{try{const answer=await fetch("/.holdfast/state",{cache:"no-store"});if(!answer.ok){location.reload();return}const m=await answer.json();
        if(m.state!==was){location.reload();return}if(list)list.replaceChildren(...m.steps.map(line))}catch{}setTimeout(look,WAIT)};setTimeout(look,WAIT)})()
        """;

    /// <param name="context">The request.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="lost">What its last stop destroyed; null when that is not known.</param>
    /// <param name="hub">The hub's address.</param>
    public static Task ShowAsync(HttpContext context, MachineRecord machine, LossList? lost, string hub)
    {
        var name = machine.Spec.Name;
        var state = MachineParts.Word(machine.State);
        var isMoving = machine.State is MachineState.Pulling or MachineState.Starting or MachineState.Stopping;
        Html why = $"""{Html.If(machine.Message is not null, $"""<p{Html.If(machine.State == MachineState.Failed, Html.Trusted(" class=\"wrong\" role=\"alert\""))}>{machine.Message}</p>""")}{Html.If(machine.Hooks.Any(hook => hook.Failed), MachineParts.Hooks(machine))}""";
        Html steps = $"""{Html.If(machine.Steps.Count > 0, MachineParts.Steps(machine.Steps))}""";
        Html about = $"""<p class="hint"><a href="{hub}/machines/{name}">All about this machine</a>, with its log · <a href="{hub}/">All machines</a></p>""";
        var title = machine.State switch
        {
            MachineState.Pulling or MachineState.Starting => $"{name} is starting",
            MachineState.Stopping => $"{name} is being stopped",
            MachineState.Failed => $"{name} has failed",
            _ => $"{name} does not run",
        };
        Html body = machine.State switch
        {
            MachineState.Pulling or MachineState.Starting => (Html)$"""<p role="status">This page becomes the lab as soon as it answers.</p><ol class="steps">{MachineParts.StepLines(machine.Steps)}</ol>{why}""",
            MachineState.Stopping => (Html)$"""<p role="status">What was not saved is being written.</p>{why}""",
            MachineState.Failed => (Html)$"""{why}{StartForm(context, "Start again", offerSafe: true)}{steps}""",
            _ => (Html)$"""{why}<p>Home, /notebooks and /storage are as you left them.</p>{StartForm(context, "Start", offerSafe: false)}{Html.If(lost is { IsEmpty: false }, $"""<h2>What the last stop destroyed</h2>{LossParts.List(lost)}""")}""",
        };
        // One that stands still may be started elsewhere: that page looks too, less often.
        return HubPage.WriteSmallAsync(context, title, $"""<div data-state="{state}">{body}</div>{about}""", StatusCodes.Status503ServiceUnavailable, refresh: isMoving, script: Script.Replace("WAIT", isMoving ? "300" : "3000", StringComparison.Ordinal));
    }

    private static Html StartForm(HttpContext context, string label, bool offerSafe)
    {
        var next = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        return $"""
            <form class="do" method="post" action="/.holdfast/start"><input type="hidden" name="next" value="{next}"><button class="main">{label}</button>
            {Html.If(offerSafe, Html.Trusted("""<button name="safe" value="yes">Start without start-up scripts</button>"""))}</form>
            """;
    }
}
