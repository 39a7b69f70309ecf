using System.Security.Cryptography;
using System.Text;
using Holdfast.Hub.Api;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Hooks;

/// <summary>Which contents of the team's hook an administrator has approved: it is code that runs in everybody's machine, on a volume that everybody's machine can write.</summary>
internal sealed class HookApprovals(HubDatabase database, HubFolders folders, AuditLog audit, TimeProvider time)
{
    private const string Name = "pre-run.sh";
    private const int LargestHook = 1 << 20;

    /// <summary>The hash of a text: its SHA-256, hexadecimal.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What the team's hook has now; null when there is none, or one of more than 1 MiB. What runs must be this text, not what the file has a moment later.</summary>
    public string? Current()
    {
        using var storage = new ForeignTree(folders.Storage);
        return storage.ReadText($"/{Name}", LargestHook);
    }

    /// <summary>Whether a text may run.</summary>
    public bool IsApproved(string text) => database.Value("SELECT 1 FROM approvals WHERE hash = $hash", ("$hash", HashOf(text))) is not null;

    /// <summary>The text that was approved last; null when none was.</summary>
    public string? Last() => database.Value("SELECT text FROM approvals ORDER BY time DESC LIMIT 1") as string;

    /// <summary>Approves the text whose SHA-256 this is, if it is what the hook's file has now: nobody approves what they have not seen. The audit log has the hash and how much it differs from the text before.</summary>
    public HubResult<bool> Approve(Caller caller, string hash)
    {
        if (!caller.IsAdmin || !caller.MayWrite) return new HubFault("forbidden", "Only an administrator approves the team's hook: it runs in everybody's machine.");
        if (Current() is not { } text) return new HubFault("not-found", $"There is no /storage/{Name}. Write it first.");
        if (HashOf(text) != hash) return new HubFault("conflict", $"/storage/{Name} is not what you have looked at: it has changed since. Look again: holdfast hook show team.");
        var diff = LineDiff.Of(Last() ?? "", text);
        database.Execute("INSERT OR REPLACE INTO approvals VALUES ($hash, $person, $time, $text)",
            ("$hash", hash), ("$person", caller.Name), ("$time", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$text", text));
        audit.Write(caller.Name, "hook.approve", "team", $"{hash}, {diff.Count(line => line[0] == '+')} lines added, {diff.Count(line => line[0] == '-')} taken away");
        return true;
    }
}
