using Holdfast.Hub.People;

namespace Holdfast.Hub.Hooks;

/// <summary>Which contents of the team's hook an administrator has approved: it is code that runs in everybody's machine, on a volume that everybody's machine can write.</summary>
internal sealed class HookApprovals
{
    /// <summary>Whether a text may run.</summary>
    public bool IsApproved(string text) => throw new NotImplementedException();

    /// <summary>The text that was approved last; null when none was.</summary>
    public string? Last() => throw new NotImplementedException();

    /// <summary>Approves the text whose SHA-256 this is, if it is what the hook's file has now: nobody approves what they have not seen.</summary>
    public HubResult<bool> Approve(Caller caller, string hash) => throw new NotImplementedException();
}
