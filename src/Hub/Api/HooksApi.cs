using System.Text;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>The team's hook: what it is, how it differs from what was approved, and approving it.</summary>
internal static class HooksApi
{
    private const int LargestHook = 1 << 20;

    public static void Map(RouteGroupBuilder api)
    {
        var hook = api.MapGroup("/hooks/team").WithTags("hooks");
        hook.MapGet("", (HookApprovals approvals) => Answer.Json(View(approvals), HubJson.Default.HookView))
            .WithSummary("The team's hook, /storage/pre-run.sh, and how it differs from the text that was approved last.").Produces<HookView>();
        hook.MapPut("", WriteAsync).WithSummary("Write the team's hook. It runs when an administrator has approved it.").Accepts<HookRequest>("application/json").Produces<HookView>().WithFaults(400, 409);
        hook.MapPost("/approve", ApproveAsync)
            .WithSummary("Approve the text whose SHA-256 this is: it runs in everybody's machine from then on. For administrators.").Accepts<ApproveRequest>("application/json").Produces<HookView>().WithFaults(400, 403, 404, 409);
    }

    private static HookView View(HookApprovals approvals)
    {
        var (text, approved) = (approvals.Current(), approvals.Last());
        return new HookView(text, text is null ? null : HookApprovals.HashOf(text), text is not null && approvals.IsApproved(text), approved, LineDiff.Of(approved ?? "", text ?? ""));
    }

    private static async Task<IResult> ApproveAsync(HttpContext context, HookApprovals approvals)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.ApproveRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (approvals.Approve(context.Caller(), wish.Value.Hash) is { Ok: false, Fault: var fault }) return Answer.Fault(fault);
        return Answer.Json(View(approvals), HubJson.Default.HookView);
    }

    private static async Task<IResult> WriteAsync(HttpContext context, HookApprovals approvals, HubFolders folders, AuditLog audit)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.HookRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (Encoding.UTF8.GetByteCount(wish.Value.Text) > LargestHook) return Answer.Fault(new HubFault("bad-request", "A hook has at most 1 MiB."));
        if (approvals.Current() is var now && (now is null ? null : HookApprovals.HashOf(now)) != wish.Value.Was)
            return Answer.Fault(new HubFault("conflict", "Somebody has changed the hook meanwhile; mend: look at it again, and change that."));
        // A link that a machine has left there is replaced, not followed.
        var temporary = Path.Combine(HubFolders.Make(folders.Storage), $".pre-run.sh.{Guid.NewGuid():N}");
        await using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(wish.Value.Text), context.RequestAborted);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, Path.Combine(folders.Storage, "pre-run.sh"), overwrite: true);
        audit.Write(context.Caller().Name, "hook.write", "team", HookApprovals.HashOf(wish.Value.Text));
        return Answer.Json(View(approvals), HubJson.Default.HookView);
    }
}
