using System.Globalization;
using Holdfast.Hub.Database;

namespace Holdfast.Hub.People;

/// <summary>Who did what, and when. No secret and no content.</summary>
internal sealed class AuditLog(HubDatabase database, TimeProvider time)
{
    /// <summary>Writes a line.</summary>
    /// <param name="person">Who; null for the hub itself.</param>
    /// <param name="action">As <c>machine.start</c>.</param>
    /// <param name="subject">What it was done to, by name.</param>
    /// <param name="detail">What else is to be known; null for nothing.</param>
    public void Write(string? person, string action, string? subject, string? detail = null) => database.Execute(
        "INSERT INTO audit (time, person, action, subject, detail) VALUES ($time, $person, $action, $subject, $detail)",
        ("$time", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$person", person), ("$action", action), ("$subject", subject), ("$detail", detail));

    /// <summary>The newest lines first.</summary>
    /// <param name="before">Only lines with a smaller id; null for the newest.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="filter">Which lines; null for all.</param>
    public IReadOnlyList<AuditLine> Read(long? before = null, int most = 100, AuditFilter? filter = null) => database.Query(
        """
        SELECT id, time, person, action, subject, detail FROM audit
        WHERE id < $before AND ($person IS NULL OR person = $person) AND ($action IS NULL OR substr(action, 1, length($action)) = $action)
            AND ($subject IS NULL OR subject = $subject) AND time >= $since
        ORDER BY id DESC LIMIT $most
        """,
        row => new AuditLine(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), Text(row[2]), Text(row[3])!, Text(row[4]), Text(row[5])),
        ("$before", before ?? long.MaxValue), ("$most", most), ("$person", filter?.Person), ("$action", filter?.Action), ("$subject", filter?.Subject),
        ("$since", filter?.Since?.ToUnixTimeMilliseconds() ?? long.MinValue));

    private static string? Text(object value) => value is DBNull ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}

/// <summary>Which lines of the audit log; what is null does not matter.</summary>
/// <param name="Person">Who did it.</param>
/// <param name="Action">With which the action begins, as <c>machine.</c> or <c>hook.approve</c>.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="Since">Not before that.</param>
internal sealed record AuditFilter(string? Person = null, string? Action = null, string? Subject = null, DateTimeOffset? Since = null);

/// <summary>A line of the audit log.</summary>
public sealed record AuditLine(long Id, DateTimeOffset Time, string? Person, string Action, string? Subject, string? Detail);
