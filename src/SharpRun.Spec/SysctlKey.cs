namespace SharpRun.Spec;

/// <summary>The two ways to write the name of a kernel parameter.</summary>
public static class SysctlKey
{
    /// <summary>The path of a parameter below <c>/proc/sys</c>, without a leading slash.</summary>
    /// <remarks>
    /// The first separator decides: in <c>net/ipv4/conf/eno2.100/rp_filter</c> dots are dots; in <c>net.ipv4.conf.eno2/100.rp_filter</c>
    /// the two change places.
    /// </remarks>
    public static string ToPath(string key)
    {
        int separator = key.AsSpan().IndexOfAny('.', '/');
        if (separator < 0 || key[separator] == '/')
        {
            return key;
        }

        return string.Create(key.Length, key, static (path, source) =>
        {
            for (int i = 0; i < path.Length; i++)
            {
                path[i] = source[i] switch { '.' => '/', '/' => '.', char other => other };
            }
        });
    }
}
