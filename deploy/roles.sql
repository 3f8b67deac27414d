-- Who may read: the role mundap_reader sees the views and nothing else, and may write nothing.
-- For sqlcmd, as an administrator, after database.sql; safe to run again.
-- Variables: READER_PASSWORD (from the environment).
:on error exit
USE mundap;
GO
IF DATABASE_PRINCIPAL_ID(N'mundap_reader') IS NULL CREATE ROLE mundap_reader;
GO
IF SUSER_ID(N'mundap_reader_login') IS NULL
    CREATE LOGIN mundap_reader_login WITH PASSWORD = N'$(READER_PASSWORD)', DEFAULT_DATABASE = mundap;
GO
IF USER_ID(N'mundap_reader_login') IS NULL
    CREATE USER mundap_reader_login FOR LOGIN mundap_reader_login WITH DEFAULT_SCHEMA = dbo;
GO
ALTER ROLE mundap_reader ADD MEMBER mundap_reader_login;
GO
-- The views read tables of the same owner, so that no right on a table is needed. A migration makes the views anew,
-- which drops their grants; Mundap then grants this role each view again. Here: the views that are there already.
DECLARE @grants NVARCHAR(MAX) = N'';
SELECT @grants = @grants + N'GRANT SELECT ON ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name)
    + N' TO mundap_reader;'
FROM sys.views;
EXEC sp_executesql @grants;
GO
